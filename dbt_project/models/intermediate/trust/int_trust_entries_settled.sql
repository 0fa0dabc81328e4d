-- What became of each entry on either side: matched with one of the same amount or with a deposit that a fee was taken
-- of, grouped in a sum, moved inside one client's money, perhaps undone by another entry, part of the opening balance,
-- or missing on the other side. What stood there at the opening (dated before the firm's start, or on the first day of
-- Clio's ledger and, within three days of it, the one entry that Xero has) is settled together, and only when it adds
-- up to what the other side opened with, in entries or in a balance that no entry stands behind.
with

entries_of_both_sides as (

    select
        firm_id,
        'clio' as side,
        bank_transaction_id as entry_key,
        xero_bank_account_id,
        entry_date,
        signed_amount,
        changed_at
    from {{ ref('int_trust_entries') }}

    union all

    select
        firm_id,
        'xero' as side,
        entry_key,
        xero_bank_account_id,
        entry_date,
        signed_amount,
        changed_at
    from {{ ref('int_xero_trust_entries') }}

),

entries_with_a_partner as (

    select
        firm_id,
        'clio' as side,
        bank_transaction_id as entry_key,
        sum_key
    from {{ ref('int_trust_partners') }}

    union

    select
        firm_id,
        'xero' as side,
        entry_key,
        sum_key
    from {{ ref('int_trust_partners') }}

),

settled_by_step as (

    select
        firm_id,
        side,
        entry_key,
        case when sum_key is null then 'matched' else 'grouped' end as settled_as
    from entries_with_a_partner

    union all

    select
        firm_id,
        'clio' as side,
        unnest([entry_id, other_entry_id]) as entry_key,
        case when is_move then 'offset' else 'offset_unconfirmed' end as settled_as
    from {{ ref('int_trust_offsets') }}

),

-- The day on which Clio's ledger of an account begins.
first_days as (

    select
        firm_id,
        xero_bank_account_id,
        min(entry_date) as first_day
    from {{ ref('int_trust_entries') }}
    where signed_amount <> 0
    group by firm_id, xero_bank_account_id

),

entries_with_their_step as (

    select
        entries.*,
        case
            when steps.settled_as is not null then steps.settled_as
            when entries.xero_bank_account_id is null then 'not_mapped'
            when entries.signed_amount = 0 then 'offset'
        end as settled_as,
        coalesce(entries.entry_date < tonight.start_date, false) as is_before_the_start,
        coalesce(
            entries.entry_date = first_days.first_day
            or (entries.side = 'xero' and abs(date_diff('day', entries.entry_date, first_days.first_day)) <= 3),
            false
        ) as is_of_the_first_day
    from entries_of_both_sides as entries
    inner join {{ ref('int_tonight') }} as tonight
        on entries.firm_id = tonight.firm_id
    left join settled_by_step as steps
        on
            entries.firm_id = steps.firm_id
            and entries.side = steps.side
            and entries.entry_key = steps.entry_key
    left join first_days
        on
            entries.firm_id = first_days.firm_id
            and entries.xero_bank_account_id = first_days.xero_bank_account_id

),

entries_counted as (

    select
        *,
        count(*) filter (where settled_as is null and is_of_the_first_day)
            over (partition by firm_id, side, xero_bank_account_id) as first_day_entry_count
    from entries_with_their_step

),

entries_at_the_opening as (

    select
        *,
        is_before_the_start
        or (is_of_the_first_day and (side = 'clio' or first_day_entry_count = 1)) as may_be_opening
    from entries_counted

),

openings as (

    select
        entries.firm_id,
        entries.xero_bank_account_id,
        sum(case when entries.side = 'clio' then entries.signed_amount else -entries.signed_amount end) as amount
    from entries_at_the_opening as entries
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
    entries.changed_at,
    case
        when entries.settled_as is not null then entries.settled_as
        when entries.may_be_opening and agreed.firm_id is not null then 'opening_balance'
        when entries.side = 'clio' then 'missing_in_xero'
        else 'missing_in_clio'
    end as match_status
from entries_at_the_opening as entries
left join openings_that_agree as agreed
    on entries.firm_id = agreed.firm_id and entries.xero_bank_account_id = agreed.xero_bank_account_id
