-- Trust money on matters or contacts: tonight's balances, and those held of records that were not read tonight; filled
-- in are the table of their balances and its key. Parameters: the firm, and the ids that were read.
select coalesce(sum(balance), 0) from (
    select balance, type from tonight
    union all
    select balance, type from {balances} where firm_id = ? and {key} not in (select unnest(?)))
where type = 'Trust'
