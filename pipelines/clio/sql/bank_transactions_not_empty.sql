-- A row for each record of tonight which says that there must be bank transactions. $1 is the firm.
select 1 from clio.bank_accounts
where firm_id = $1 and vanished_at is null and (coalesce(bank_transactions_count, 1) <> 0 or balance <> 0)
