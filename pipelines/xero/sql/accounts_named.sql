-- Accounts that other records of tonight name. $1 is the firm, $2 when tonight was loaded.
select account_id from xero.payments where firm_id = $1 and loaded_at = $2 union
select bank_account_id from xero.bank_transactions where firm_id = $1 and loaded_at = $2 union
select account_id from xero.trial_balance where firm_id = $1 and loaded_at = $2
