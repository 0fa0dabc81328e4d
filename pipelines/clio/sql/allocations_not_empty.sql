-- A row for each record of tonight which says that there must be allocations. $1 is the firm.
select 1 from clio.bills
where firm_id = $1 and vanished_at is null
    and state not in ('void', 'deleted') and (coalesce(paid, 0) <> 0 or coalesce(credits_issued, 0) <> 0)
