-- What became of each entry on either side: matched, offset by its own side, part of the opening balance, or
-- missing on the other side. Opening entries (by their words, or dated before the firm's start) are settled
-- together, and only when they add up to what the other side opened with, in entries or in a balance that no entry
-- stands behind.
with

entries_of_both_sides as (

    select
        entries.firm_id,
        'clio' as side,
        entries.bank_transaction_id as entry_key,
        entries.xero_bank_account_id,
        entries.entry_date,
        entries.signed_amount,
        entries.is_opening,
        entries.changed_at,
        paired.entry_key as partner_key
    from {{ ref('int_trust_entries') }} as entries
    left join {{ ref('int_trust_entries_paired') }} as paired
        on entries.firm_id = paired.firm_id and entries.bank_transaction_id = paired.bank_transaction_id

    union all

    select
        entries.firm_id,
        'xero' as side,
        entries.entry_key,
        entries.xero_bank_account_id,
        entries.entry_date,
        entries.signed_amount,
        entries.is_opening,
        entries.changed_at,
        paired.bank_transaction_id as partner_key
    from {{ ref('int_xero_trust_entries') }} as entries
    left join {{ ref('int_trust_entries_paired') }} as paired
        on entries.firm_id = paired.firm_id and entries.entry_key = paired.entry_key

),

entries_judged as (

    select
        entries.*,
        case
            when entries.partner_key is not null then 'matched'
            when entries.xero_bank_account_id is null then 'not_mapped'
            when entries.signed_amount = 0 then 'offset'
            when offsets.entry_key is not null then 'offset'
        end as settled_as,
        entries.is_opening or coalesce(entries.entry_date < tonight.start_date, false) as may_be_opening
    from entries_of_both_sides as entries
    inner join {{ ref('int_tonight') }} as tonight
        on entries.firm_id = tonight.firm_id
    left join {{ ref('int_trust_entries_offset') }} as offsets
        on
            entries.firm_id = offsets.firm_id
            and entries.side = offsets.side
            and entries.entry_key = offsets.entry_key

),

openings as (

    select
        entries.firm_id,
        entries.xero_bank_account_id,
        sum(case when entries.side = 'clio' then entries.signed_amount else -entries.signed_amount end) as amount
    from entries_judged as entries
    where entries.settled_as is null and entries.may_be_opening
    group by entries.firm_id, entries.xero_bank_account_id

),

openings_that_agree as (

    select
        openings.firm_id,
        openings.xero_bank_account_id
    from openings
    inner join {{ ref('int_xero_trust_banks') }} as banks
        on
            openings.firm_id = banks.firm_id
            and openings.xero_bank_account_id = banks.xero_bank_account_id
    where openings.amount = banks.balance_amount - banks.entries_amount

)

select
    entries.firm_id,
    entries.side,
    entries.entry_key,
    entries.xero_bank_account_id,
    entries.signed_amount,
    entries.partner_key,
    entries.changed_at,
    case
        when entries.settled_as is not null then entries.settled_as
        when entries.may_be_opening and agreed.firm_id is not null then 'opening_balance'
        when entries.side = 'clio' then 'missing_in_xero'
        else 'missing_in_clio'
    end as match_status
from entries_judged as entries
left join openings_that_agree as agreed
    on entries.firm_id = agreed.firm_id and entries.xero_bank_account_id = agreed.xero_bank_account_id
