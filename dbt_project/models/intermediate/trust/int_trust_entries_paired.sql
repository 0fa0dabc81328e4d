-- The pairs that stand. Where the choice by name and nearest day left entries alone on both sides of one run of
-- equal amounts (every deposit booked a day late, say), the run is walked once in the order of its days, which
-- pairs as many as can be paired; the walk stands if it pairs more and no pair of it joins two different clients.
with recursive

entries_of_both_sides as (

    select
        firm_id,
        xero_bank_account_id,
        signed_amount,
        entry_date,
        'clio' as side,
        bank_transaction_id as entry_key,
        entry_number
    from {{ ref('int_trust_entries') }}
    where xero_bank_account_id is not null and signed_amount <> 0

    union all

    select
        firm_id,
        xero_bank_account_id,
        signed_amount,
        entry_date,
        'xero' as side,
        entry_key,
        0 as entry_number
    from {{ ref('int_xero_trust_entries') }}
    where signed_amount <> 0

),

entries_with_gaps as (

    select
        *,
        coalesce(
            entry_date - lag(entry_date) over (
                partition by firm_id, xero_bank_account_id, signed_amount order by entry_date
            ) > 3, true
        ) as is_after_a_gap
    from entries_of_both_sides

),

entries_in_runs as (

    select
        *,
        sum(case when is_after_a_gap then 1 else 0 end) over (
            partition by firm_id, xero_bank_account_id, signed_amount
            order by entry_date
        ) as run_number
    from entries_with_gaps

),

runs_to_walk as (

    select
        entries.firm_id,
        entries.xero_bank_account_id,
        entries.signed_amount,
        entries.run_number
    from entries_in_runs as entries
    left join {{ ref('int_trust_entries_chosen') }} as of_clio
        on
            entries.firm_id = of_clio.firm_id
            and entries.side = 'clio'
            and entries.entry_key = of_clio.bank_transaction_id
    left join {{ ref('int_trust_entries_chosen') }} as of_xero
        on entries.firm_id = of_xero.firm_id and entries.side = 'xero' and entries.entry_key = of_xero.entry_key
    group by entries.firm_id, entries.xero_bank_account_id, entries.signed_amount, entries.run_number
    having
        count(case when entries.side = 'clio' and of_clio.firm_id is null then 1 end) > 0
        and count(case when entries.side = 'xero' and of_xero.firm_id is null then 1 end) > 0
        -- One step of the walk per entry: a longer run takes too long for what it could still pair.
        and count(*) <= 400

),

entries_to_walk as (

    select
        entries.firm_id,
        entries.xero_bank_account_id,
        entries.signed_amount,
        entries.run_number,
        entries.side,
        entries.entry_key,
        entries.entry_date,
        row_number() over (
            partition by
                entries.firm_id, entries.xero_bank_account_id, entries.signed_amount, entries.run_number, entries.side
            order by entries.entry_date, entries.entry_number, entries.entry_key
        ) as place
    from entries_in_runs as entries
    inner join runs_to_walk as runs
        on
            entries.firm_id = runs.firm_id
            and entries.xero_bank_account_id = runs.xero_bank_account_id
            and entries.signed_amount = runs.signed_amount
            and entries.run_number = runs.run_number

),

walk as (

    select
        firm_id,
        xero_bank_account_id,
        signed_amount,
        run_number,
        cast(1 as bigint) as next_of_clio,
        cast(1 as bigint) as next_of_xero,
        cast(null as varchar) as bank_transaction_id,
        cast(null as varchar) as entry_key
    from runs_to_walk

    union all

    select
        walk.firm_id,
        walk.xero_bank_account_id,
        walk.signed_amount,
        walk.run_number,
        walk.next_of_clio + case when of_xero.entry_date >= of_clio.entry_date - 3 then 1 else 0 end as next_of_clio,
        walk.next_of_xero + case when of_xero.entry_date <= of_clio.entry_date + 3 then 1 else 0 end as next_of_xero,
        case when abs(of_xero.entry_date - of_clio.entry_date) <= 3 then of_clio.entry_key end as bank_transaction_id,
        case when abs(of_xero.entry_date - of_clio.entry_date) <= 3 then of_xero.entry_key end as entry_key
    from walk
    inner join entries_to_walk as of_clio
        on
            walk.firm_id = of_clio.firm_id
            and walk.xero_bank_account_id = of_clio.xero_bank_account_id
            and walk.signed_amount = of_clio.signed_amount
            and walk.run_number = of_clio.run_number
            and of_clio.side = 'clio'
            and walk.next_of_clio = of_clio.place
    inner join entries_to_walk as of_xero
        on
            walk.firm_id = of_xero.firm_id
            and walk.xero_bank_account_id = of_xero.xero_bank_account_id
            and walk.signed_amount = of_xero.signed_amount
            and walk.run_number = of_xero.run_number
            and of_xero.side = 'xero'
            and walk.next_of_xero = of_xero.place

),

pairs_walked as (

    select
        walk.*,
        candidates.likeness
    from walk
    inner join {{ ref('int_trust_entry_candidates') }} as candidates
        on
            walk.firm_id = candidates.firm_id
            and walk.bank_transaction_id = candidates.bank_transaction_id
            and walk.entry_key = candidates.entry_key

),

pairs_chosen as (

    select
        chosen.firm_id,
        chosen.bank_transaction_id,
        chosen.entry_key,
        entries.xero_bank_account_id,
        entries.signed_amount,
        entries.run_number
    from {{ ref('int_trust_entries_chosen') }} as chosen
    inner join entries_in_runs as entries
        on
            chosen.firm_id = entries.firm_id
            and entries.side = 'clio'
            and chosen.bank_transaction_id = entries.entry_key

),

runs_that_stand as (

    select
        walked.firm_id,
        walked.xero_bank_account_id,
        walked.signed_amount,
        walked.run_number
    from pairs_walked as walked
    group by walked.firm_id, walked.xero_bank_account_id, walked.signed_amount, walked.run_number
    having
        min(walked.likeness) > 0
        and count(*) > (
            select count(*)
            from pairs_chosen as chosen
            where
                chosen.firm_id = walked.firm_id
                and chosen.xero_bank_account_id = walked.xero_bank_account_id
                and chosen.signed_amount = walked.signed_amount
                and chosen.run_number = walked.run_number
        )

)

select
    chosen.firm_id,
    chosen.bank_transaction_id,
    chosen.entry_key
from pairs_chosen as chosen
where
    not exists (
        select 1
        from runs_that_stand as runs
        where
            runs.firm_id = chosen.firm_id
            and runs.xero_bank_account_id = chosen.xero_bank_account_id
            and runs.signed_amount = chosen.signed_amount
            and runs.run_number = chosen.run_number
    )

union all

select
    walked.firm_id,
    walked.bank_transaction_id,
    walked.entry_key
from pairs_walked as walked
inner join runs_that_stand as runs
    on
        walked.firm_id = runs.firm_id
        and walked.xero_bank_account_id = runs.xero_bank_account_id
        and walked.signed_amount = runs.signed_amount
        and walked.run_number = runs.run_number
