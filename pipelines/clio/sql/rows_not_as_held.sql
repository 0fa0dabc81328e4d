-- Tonight's records that are not just as we hold them, or changed so shortly before the last reading that something else
-- may have come to light since. `tonight` are tonight's rows; filled in are the table of those held, and the columns
-- compared, of h and of t. Parameters: the firm, and from when on a change is recent.
select t.id from tonight t left join {held} h on h.firm_id = ? and h.id = t.id
where h.id is null or t.updated_at >= ? or (select row({theirs})) is distinct from (select row({ours}))
