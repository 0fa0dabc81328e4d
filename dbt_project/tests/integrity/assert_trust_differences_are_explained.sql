{{ config(group='trust') }}

-- A row means: the entries without partner, the fees taken of deposits and the unexplained rest, as published, do not
-- add up to the difference between Clio's ledger and Xero's bank account. The sums are taken again from the marts and
-- from staging.
with

differences as (

    select
        mapped.firm_id,
        mapped.xero_bank_account_id,
        max(tie_out.xero_bank_amount) - sum(tie_out.clio_ledger_amount) as difference_amount
    from {{ ref('trust_tie_out') }} as tie_out
    inner join {{ ref('stg_evidence__trust_accounts') }} as mapped
        on tie_out.firm_id = mapped.firm_id and tie_out.clio_bank_account_id = mapped.clio_bank_account_id
    where mapped.xero_bank_account_id is not null
    group by mapped.firm_id, mapped.xero_bank_account_id

),

effects as (

    select
        ledger.firm_id,
        mapped.xero_bank_account_id,
        ledger.funds_out_amount - ledger.funds_in_amount as effect_amount
    from {{ ref('trust_ledger') }} as ledger
    inner join {{ ref('stg_evidence__trust_accounts') }} as mapped
        on ledger.firm_id = mapped.firm_id and ledger.clio_bank_account_id = mapped.clio_bank_account_id
    where ledger.match_status = 'missing_in_xero'

    union all

    select
        entries.firm_id,
        entries.xero_bank_account_id,
        entries.signed_amount as effect_amount
    from {{ ref('exceptions') }} as exceptions
    inner join {{ ref('int_xero_trust_entries') }} as entries
        on
            exceptions.firm_id = entries.firm_id
            and exceptions.subject_key = {{ subject_key('xero-entry', 'entries.entry_id') }}
            and exceptions.xero_value = entries.entry_kind || ' ' || {{ money_text('entries.signed_amount') }}
            || ' on ' || entries.entry_date
    -- A charge in Xero alone stands in place of the entry that Clio lacks.
    where exceptions.code in ('trust_entry_missing_in_clio', 'bank_charge_in_trust')

    union all

    -- A charge on money that came in is what of it did not arrive.
    select
        ledger.firm_id,
        mapped.xero_bank_account_id,
        -exceptions.amount as effect_amount
    from {{ ref('exceptions') }} as exceptions
    inner join {{ ref('trust_ledger') }} as ledger
        on
            exceptions.firm_id = ledger.firm_id
            and exceptions.subject_key = {{ subject_key('clio-entry', 'ledger.clio_bank_transaction_id') }}
    inner join {{ ref('stg_evidence__trust_accounts') }} as mapped
        on ledger.firm_id = mapped.firm_id and ledger.clio_bank_account_id = mapped.clio_bank_account_id
    where exceptions.code = 'bank_charge_in_trust' and ledger.funds_in_amount > 0

),

effects_summed as (

    select
        firm_id,
        xero_bank_account_id,
        sum(effect_amount) as effect_amount
    from effects
    group by firm_id, xero_bank_account_id

),

unexplained as (

    select
        exceptions.firm_id,
        mapped.xero_bank_account_id,
        sum(exceptions.amount) as amount
    from {{ ref('exceptions') }} as exceptions
    inner join {{ ref('stg_evidence__trust_accounts') }} as mapped
        on
            exceptions.firm_id = mapped.firm_id
            and exceptions.subject_key = {{ subject_key('clio-account', 'mapped.clio_bank_account_id') }}
    where exceptions.code = 'trust_unexplained'
    group by exceptions.firm_id, mapped.xero_bank_account_id

)

select
    differences.firm_id,
    differences.xero_bank_account_id,
    differences.difference_amount,
    effects_summed.effect_amount,
    unexplained.amount as unexplained_amount
from differences
left join effects_summed
    on
        differences.firm_id = effects_summed.firm_id
        and differences.xero_bank_account_id = effects_summed.xero_bank_account_id
left join unexplained
    on
        differences.firm_id = unexplained.firm_id
        and differences.xero_bank_account_id = unexplained.xero_bank_account_id
where
    abs(differences.difference_amount - coalesce(effects_summed.effect_amount, 0)) <> coalesce(unexplained.amount, 0)
