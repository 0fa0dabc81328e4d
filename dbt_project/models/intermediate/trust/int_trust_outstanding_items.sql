-- What had not cleared on the date of the statement in force: deposits in transit and outstanding withdrawals,
-- listed and not netted. Old ones are marked: a withdrawal after 90 days, a deposit after 3 business days (5 by the
-- calendar).
select
    firm_id,
    bank_first_id,
    bank_account_id,
    bank_transaction_id,
    entry_date,
    signed_amount,
    statement_date,
    case when signed_amount > 0 then 'deposit in transit' else 'outstanding withdrawal' end as item_kind,
    date_diff('day', entry_date, statement_date) as age_days,
    date_diff('day', entry_date, statement_date) > case when signed_amount > 0 then 5 else 90 end as is_old
from {{ ref('int_trust_entries_on_statements') }}
where line_key is null
