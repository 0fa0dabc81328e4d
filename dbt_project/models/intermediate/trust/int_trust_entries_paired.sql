-- Entries of both sides that are to be compared, each with the entry of the other side that is its partner, if one is.
-- One entry of Clio and one of Xero are one movement of money: mapped account, sign and amount equal, at most three
-- days apart. As many pairs as possible, the same client before nobody and nobody before another client, then the
-- nearest days. Entries of one amount come in runs, days on which the next is never more than three days off; no pair
-- leaves its run. First within the same client: where that leaves nobody of one side of a run alone, no other choice
-- could be better. The other runs are chosen for anew, among all.
with

entries_of_both_sides as (

    select
        firm_id,
        'clio' as side,
        bank_transaction_id as entry_key,
        xero_bank_account_id,
        signed_amount,
        entry_date,
        slip_key,
        client_id,
        client_name_key,
        cast(null as varchar[]) as client_ids,
        cast(null as varchar) as words_key
    from {{ ref('int_trust_entries') }}
    where xero_bank_account_id is not null and signed_amount <> 0

    union all

    select
        firm_id,
        'xero' as side,
        entry_key,
        xero_bank_account_id,
        signed_amount,
        entry_date,
        slip_key,
        cast(null as varchar) as client_id,
        cast(null as varchar) as client_name_key,
        client_ids,
        words_key
    from {{ ref('int_xero_trust_entries') }}
    where signed_amount <> 0

),

entries_with_the_day_before_them as (

    select
        *,
        coalesce(
            entry_date - lag(entry_date) over (
                partition by firm_id, xero_bank_account_id, signed_amount order by entry_date, side, entry_key
            ) > 3,
            false
        ) as begins_a_run
    from entries_of_both_sides

),

entries_in_runs as (

    select
        *,
        count(*) filter (where begins_a_run) over (
            partition by firm_id, xero_bank_account_id, signed_amount
            order by entry_date, side, entry_key
            rows between unbounded preceding and current row
        ) as run_number
    from entries_with_the_day_before_them

),

-- A day at a time: among thousands of one amount each looks at those of seven days, never at all.
days_of_each_entry as (

    select
        *,
        unnest(range(-3, 4)) as days_later
    from {{ ref('int_trust_entries') }}
    where signed_amount <> 0

),

candidates as (

    select
        entries.firm_id,
        entries.bank_transaction_id,
        xero_entries.entry_key,
        entries.entry_date,
        entries.entry_number,
        xero_entries.entry_date as xero_entry_date,
        abs(entries.days_later) as days_apart,
        {{ names_the_client('entries', 'xero_entries') }} as is_same_client,
        {{ names_another_client('entries', 'xero_entries') }} as is_other_client
    from days_of_each_entry as entries
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on
            entries.firm_id = xero_entries.firm_id
            and entries.xero_bank_account_id = xero_entries.xero_bank_account_id
            and entries.signed_amount = xero_entries.signed_amount
            and entries.entry_date + cast(entries.days_later as integer) = xero_entries.entry_date

),

candidates_of_one_client as (

    select * from candidates
    where is_same_client

),

pairs_of_one_client as materialized (

    {{ choose_partners(
        'candidates_of_one_client',
        within=['firm_id'],
        left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
        right_order=['xero_entry_date', 'entry_key'],
        costs=['days_apart'],
    ) }}

),

runs_with_nobody_left as (

    select
        entries.firm_id,
        entries.xero_bank_account_id,
        entries.signed_amount,
        entries.run_number
    from entries_in_runs as entries
    left join pairs_of_one_client as of_clio
        on
            entries.firm_id = of_clio.firm_id
            and entries.side = 'clio'
            and entries.entry_key = of_clio.bank_transaction_id
    left join pairs_of_one_client as of_xero
        on entries.firm_id = of_xero.firm_id and entries.side = 'xero' and entries.entry_key = of_xero.entry_key
    group by entries.firm_id, entries.xero_bank_account_id, entries.signed_amount, entries.run_number
    having
        count(*) filter (where entries.side = 'clio' and of_clio.firm_id is null) = 0
        or count(*) filter (where entries.side = 'xero' and of_xero.firm_id is null) = 0

),

entries_of_clio_settled as (

    select
        entries.firm_id,
        entries.entry_key as bank_transaction_id
    from entries_in_runs as entries
    inner join runs_with_nobody_left as settled
        on
            entries.firm_id = settled.firm_id
            and entries.xero_bank_account_id = settled.xero_bank_account_id
            and entries.signed_amount = settled.signed_amount
            and entries.run_number = settled.run_number
    where entries.side = 'clio'

),

candidates_of_all as (

    select candidates.*
    from candidates
    left join entries_of_clio_settled as settled
        on candidates.firm_id = settled.firm_id and candidates.bank_transaction_id = settled.bank_transaction_id
    where settled.firm_id is null

),

pairs_of_all as (

    {{ choose_partners(
        'candidates_of_all',
        within=['firm_id'],
        left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
        right_order=['xero_entry_date', 'entry_key'],
        costs=[
            'case when is_same_client then 0 else 1 end',
            'case when is_other_client then 1 else 0 end',
            'days_apart',
        ],
    ) }}

),

pairs as (

    select
        pairs.firm_id,
        pairs.bank_transaction_id,
        pairs.entry_key
    from pairs_of_one_client as pairs
    inner join entries_of_clio_settled as settled
        on pairs.firm_id = settled.firm_id and pairs.bank_transaction_id = settled.bank_transaction_id

    union all

    select
        firm_id,
        bank_transaction_id,
        entry_key
    from pairs_of_all

)

select
    entries.*,
    coalesce(of_clio.entry_key, of_xero.bank_transaction_id) as partner_key
from entries_of_both_sides as entries
left join pairs as of_clio
    on
        entries.firm_id = of_clio.firm_id
        and entries.side = 'clio'
        and entries.entry_key = of_clio.bank_transaction_id
left join pairs as of_xero
    on entries.firm_id = of_xero.firm_id and entries.side = 'xero' and entries.entry_key = of_xero.entry_key
