-- How many records, of those that others name, we lack; filled in are the query of the names, and the table held with its
-- key. Parameters: $1 is the firm, $2 when tonight was loaded.
select count(*) from ({named_by}) as named (id)
where id is not null and id not in (select {key} from {held} where firm_id = $1)
