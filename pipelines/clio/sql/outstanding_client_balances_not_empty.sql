-- A row for each record of tonight which says that there must be outstanding client balances. $1 is the firm.
select 1 from clio.bills
where firm_id = $1 and vanished_at is null
    and state in ('awaiting_payment', 'paid') and balance <> 0
