-- A row means: the ledger of a trust account, as published entry by entry, does not add up to the tie-out's figure,
-- or not to the entries that Clio gave, read straight from staging up to the night's day.
with

ledgers as (

    select
        firm_id,
        clio_bank_account_id,
        sum(funds_in_amount - funds_out_amount) as amount
    from {{ ref('trust_ledger') }}
    group by firm_id, clio_bank_account_id

),

entries as (

    select
        entries.firm_id,
        entries.bank_account_id,
        sum({{ signed_funds('entries') }}) as amount
    from {{ ref('stg_clio__bank_transactions') }} as entries
    inner join {{ ref('int_tonight') }} as tonight
        on entries.firm_id = tonight.firm_id
    where coalesce(entries.entry_date, cast(entries.created_at as date), tonight.as_of_date) <= tonight.as_of_date
    group by entries.firm_id, entries.bank_account_id

)

select
    tie_out.firm_id,
    tie_out.clio_bank_account_id,
    tie_out.clio_ledger_amount,
    ledgers.amount as ledger_sum_amount,
    entries.amount as entries_sum_amount
from {{ ref('trust_tie_out') }} as tie_out
left join ledgers
    on tie_out.firm_id = ledgers.firm_id and tie_out.clio_bank_account_id = ledgers.clio_bank_account_id
left join entries
    on tie_out.firm_id = entries.firm_id and tie_out.clio_bank_account_id = entries.bank_account_id
where
    tie_out.clio_ledger_amount is distinct from coalesce(ledgers.amount, 0)
    or tie_out.clio_ledger_amount is distinct from coalesce(entries.amount, 0)
