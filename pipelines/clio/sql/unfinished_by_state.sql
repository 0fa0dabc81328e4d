-- How many bills are held of each unfinished state. Parameters: the firm, and these states.
select count(*) from clio.bills
where firm_id = ? and vanished_at is null and state in (select unnest(?))
group by state
