-- Bills, alive, whose set of rows does not add up to the figure that the bill states. `stated` are tonight's bills and
-- `tonight` tonight's rows; filled in are the table of the rows held, and the list's own condition on the rows r of a
-- bill b. Parameters: the firm, the ids of rows that are gone, and the bills to look at.
with rows as (
    select * from tonight union all by name
    select * from {held}
    where firm_id = ? and id not in (select id from tonight) and id not in (select unnest(?)))
select b.id from stated b left join rows r on r.bill_id = b.id
where b.state not in ('void', 'deleted') and b.id in (select unnest(?))
group by b.id, b.sub_total, b.total, b.total_tax, b.interest_total, b.paid, b.credits_issued
having not coalesce({adds_up}, true)
