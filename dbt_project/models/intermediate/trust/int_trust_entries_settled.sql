-- What became of each entry on either side: matched with one of the same amount or with a deposit that a fee was taken
-- of, grouped in a sum, moved inside one client's money, perhaps undone by another entry, part of the opening balance,
-- or missing on the other side. What stood there at the opening (dated before the firm's start, or on the first day of
-- Clio's ledger and, within three days of it, the one entry that Xero has) is settled together, and only when it adds
-- up to what the other side opened with, in entries or in a balance that no entry stands behind. An entry of Clio that
-- stands twice names its original.
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

    select distinct
        firm_id,
        unnest(['clio', 'xero']) as side,
        unnest([bank_transaction_id, entry_key]) as entry_key,
        sum_key
    from {{ ref('int_trust_partners') }}
    where is_certain

),

-- Two entries of Clio of opposite amounts, neither in Xero and neither naming a bill, are or may be one thing. A move
-- inside one client's money goes from one of its pockets to another within three days, and needs no partner. Two others
-- within 31 days may undo each other where one of the texts speaks of a transfer, a reversal, a correction or a void:
-- whether they cancel or are both missing in Xero a person says. The one with the higher id speaks for both.
entries_of_clio_alone as (

    select entries.*
    from {{ ref('int_trust_entries') }} as entries
    where
        entries.xero_bank_account_id is not null
        and entries.signed_amount <> 0
        and not entries.names_bill
        and not exists (
            select 1
            from entries_with_a_partner as known
            where
                known.firm_id = entries.firm_id
                and known.side = 'clio'
                and known.entry_key = entries.bank_transaction_id
        )

),

moves as (

    {{ pair_opposites(
        'entries_of_clio_alone',
        days=3,
        terms=[
            'outs.xero_bank_account_id = ins.xero_bank_account_id',
            'outs.client_id = ins.client_id',
            'outs.pocket_key <> ins.pocket_key',
        ],
    ) }}

),

entries_that_were_not_moved as (

    select entries.*
    from entries_of_clio_alone as entries
    where
        not exists (
            select 1
            from moves
            where moves.firm_id = entries.firm_id and entries.bank_transaction_id in (moves.out_id, moves.in_id)
        )

),

entries_that_may_cancel as (

    {{ pair_opposites(
        'entries_that_were_not_moved',
        days=31,
        terms=[
            'outs.xero_bank_account_id = ins.xero_bank_account_id',
            '(outs.is_move_worded or outs.is_reversal_worded or ins.is_move_worded or ins.is_reversal_worded)',
        ],
        costs=['case when is_same_client then 0 else 1 end', 'days_apart'],
    ) }}

),

settled_by_step as (

    select
        firm_id,
        side,
        entry_key,
        case when sum_key is null then 'matched' else 'grouped' end as settled_as,
        cast(null as varchar) as offset_entry_id
    from entries_with_a_partner

    {%- for offsets, status in [('moves', 'offset'), ('entries_that_may_cancel', 'offset_unconfirmed')] %}

        union all

        select
            firm_id,
            'clio' as side,
            unnest([out_id, in_id]) as entry_key,
            '{{ status }}' as settled_as,
            unnest([case when is_out_later then in_id end, case when not is_out_later then out_id end])
                as offset_entry_id
        from {{ offsets }}
    {%- endfor %}

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
        steps.offset_entry_id,
        coalesce(entries.entry_date < firms.start_date, false) as is_before_the_start,
        coalesce(
            entries.entry_date = first_days.first_day
            or (entries.side = 'xero' and {{ days_apart('entries.entry_date', 'first_days.first_day') }} <= 3),
            false
        ) as is_of_the_first_day
    from entries_of_both_sides as entries
    inner join {{ ref('int_firms') }} as firms
        on entries.firm_id = firms.firm_id
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
    inner join {{ ref('int_trust_figures') }} as figures
        on
            openings.firm_id = figures.firm_id
            and openings.xero_bank_account_id = figures.xero_bank_account_id
            and figures.is_first_of_the_bank
    where openings.amount = figures.bank_amount - figures.bank_entries_amount

),

entries_settled as (

    select
        entries.firm_id,
        entries.side,
        entries.entry_key,
        entries.xero_bank_account_id,
        entries.signed_amount,
        entries.changed_at,
        entries.offset_entry_id,
        case
            when entries.settled_as is not null then entries.settled_as
            when entries.may_be_opening and agreed.firm_id is not null then 'opening_balance'
            when entries.side = 'clio' then 'missing_in_xero'
            else 'missing_in_clio'
        end as match_status,
        match_status in ('matched', 'grouped') as has_a_partner
    from entries_at_the_opening as entries
    left join openings_that_agree as agreed
        on entries.firm_id = agreed.firm_id and entries.xero_bank_account_id = agreed.xero_bank_account_id

),

-- Same account, client, matter, day, amount and sign, unless the two name different bills or allocations, or are asked
-- about as an offset already. The earlier one is the original.
entries_of_clio_that_may_stand_twice as (

    select
        entries.*,
        settled.has_a_partner
    from {{ ref('int_trust_entries') }} as entries
    inner join entries_settled as settled
        on
            entries.firm_id = settled.firm_id
            and settled.side = 'clio'
            and entries.bank_transaction_id = settled.entry_key
    where entries.signed_amount <> 0 and settled.match_status <> 'offset_unconfirmed'

),

copies as (

    select
        copies.firm_id,
        copies.bank_transaction_id,
        originals.bank_transaction_id as original_id,
        originals.has_a_partner as is_original_in_xero
    from entries_of_clio_that_may_stand_twice as copies
    inner join entries_of_clio_that_may_stand_twice as originals
        on
            copies.firm_id = originals.firm_id
            and copies.bank_account_id = originals.bank_account_id
            and copies.client_id is not distinct from originals.client_id
            and copies.matter_id is not distinct from originals.matter_id
            and copies.entry_date = originals.entry_date
            and copies.signed_amount = originals.signed_amount
            and (originals.entry_number, originals.bank_transaction_id)
            < (copies.entry_number, copies.bank_transaction_id)
    where
        coalesce(copies.bill_id = originals.bill_id, true)
        and coalesce(copies.allocation_id = originals.allocation_id, true)
    qualify
        row_number() over (
            partition by copies.firm_id, copies.bank_transaction_id
            order by originals.entry_number, originals.bank_transaction_id
        ) = 1

)

select
    settled.*,
    copies.original_id,
    copies.is_original_in_xero
from entries_settled as settled
left join copies
    on
        settled.firm_id = copies.firm_id
        and settled.side = 'clio'
        and settled.entry_key = copies.bank_transaction_id
