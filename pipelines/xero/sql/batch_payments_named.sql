-- Batches that payments of tonight name. $1 is the firm, $2 when tonight was loaded.
select batch_payment_id from xero.payments where firm_id = $1 and loaded_at = $2
