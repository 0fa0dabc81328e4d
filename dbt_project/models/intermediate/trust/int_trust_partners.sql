-- Whose partner each entry of Clio is: one row per entry of Clio and entry of Xero that are the same money, alone or in
-- a sum (`sum_key`), whole or less a fee (`fee_amount`).
--
-- A sum is one entry against several of the other side, two to eight within three days. First all entries of a day, or
-- of one bank slip of that day (one batch, one reference), where nothing in it could belong to another such sum. Then,
-- for each entry that is still alone, which of the others add up to it: the only set is taken, where nothing in it
-- could belong to another. Which of several sets it is, nobody can tell; they are kept to say so, and are not certain
-- (how: pipelines/matching/sums.py).
--
-- A deposit that arrives in Xero smaller than in Clio, because somebody took a fee out of it (same client, within three
-- days, at most a twentieth less), is a partner all the same.
with

entries_unpaired as (

    select *
    from {{ ref('int_trust_entries_paired') }}
    where partner_key is null

),

whole_days_and_slips as (

    -- A day whose entries are all on one slip is one set, not two.
    {%- for slip in ['null', 'slip_key'] %}
        select
            firm_id,
            xero_bank_account_id,
            side,
            entry_date,
            sum(signed_amount) as amount,
            list(entry_key order by entry_key) as members
        from entries_unpaired
        {{ 'where slip_key is not null' if slip == 'slip_key' }}
        group by firm_id, xero_bank_account_id, side, entry_date, signed_amount > 0, {{ slip }}
        {{ 'union' if not loop.last }}
    {%- endfor %}

),

sums_that_hold as (

    select
        sets.firm_id,
        ones.side as one_side,
        ones.entry_key as one_key,
        sets.members
    from whole_days_and_slips as sets
    inner join entries_unpaired as ones
        on
            sets.firm_id = ones.firm_id
            and sets.xero_bank_account_id = ones.xero_bank_account_id
            and sets.side <> ones.side
            and sets.amount = ones.signed_amount
            and ones.entry_date between sets.entry_date - 3 and sets.entry_date + 3
    where len(sets.members) between 2 and 8

),

sums_of_whole_days as (

    {{ sums_without_rivals('sums_that_hold') }}

),

entries_left as (

    select entries.*
    from entries_unpaired as entries
    left join sums_of_whole_days as taken
        on
            entries.firm_id = taken.firm_id
            and entries.side = taken.side
            and entries.entry_key = taken.entry_key
    where taken.firm_id is null

),

others_gathered as (

    select
        ones.firm_id,
        ones.side as one_side,
        ones.entry_key as one_key,
        cast(abs(ones.signed_amount) * 100 as bigint) as one_cents,
        list(others.entry_key order by others.entry_date, others.entry_key) as other_keys,
        list(cast(abs(others.signed_amount) * 100 as bigint) order by others.entry_date, others.entry_key)
            as other_cents
    from entries_left as ones
    inner join entries_left as others
        on
            ones.firm_id = others.firm_id
            and ones.xero_bank_account_id = others.xero_bank_account_id
            and ones.side <> others.side
            and others.entry_date between ones.entry_date - 3 and ones.entry_date + 3
    where sign(ones.signed_amount) = sign(others.signed_amount) and abs(others.signed_amount) < abs(ones.signed_amount)
    group by ones.firm_id, ones.side, ones.entry_key, ones.signed_amount

),

sums_found as (

    select
        *,
        sets_that_add_up(one_cents, other_cents) as found
    from others_gathered
    where list_sum(other_cents) >= one_cents and len(other_cents) > 1

),

sets_of_some as (

    select
        firm_id,
        one_side,
        one_key,
        struct_extract(found, 'ways') as ways,
        list_select(other_keys, struct_extract(found, 'members')) as members
    from sums_found
    where struct_extract(found, 'ways') > 0

),

only_sets as (

    select *
    from sets_of_some
    where ways = 1

),

sums_of_some as (

    {{ sums_without_rivals('only_sets') }}

),

sums as (

    select
        *,
        true as is_certain
    from sums_of_whole_days

    union all

    select
        *,
        true as is_certain
    from sums_of_some

    union all

    select
        firm_id,
        one_side,
        one_key,
        case one_side when 'clio' then 'xero' else 'clio' end as side,
        unnest(members) as entry_key,
        false as is_certain
    from sets_of_some
    where
        not exists (
            select 1
            from sums_of_some as taken
            where
                taken.firm_id = sets_of_some.firm_id
                and taken.one_side = sets_of_some.one_side
                and taken.one_key = sets_of_some.one_key
        )

),

deposits_left as (

    select entries.*
    from entries_unpaired as entries
    left join sums
        on
            entries.firm_id = sums.firm_id
            and entries.side = sums.side
            and entries.entry_key = sums.entry_key
            and sums.is_certain
    where entries.signed_amount > 0 and sums.firm_id is null

),

deposits_that_may_be_netted as (

    select
        of_clio.firm_id,
        of_clio.entry_key as bank_transaction_id,
        of_xero.entry_key,
        of_clio.entry_date,
        of_xero.entry_date as xero_entry_date,
        {{ days_apart('of_clio.entry_date', 'of_xero.entry_date') }} as days_apart,
        of_clio.signed_amount - of_xero.signed_amount as fee_amount
    from deposits_left as of_clio
    inner join deposits_left as of_xero
        on
            of_clio.firm_id = of_xero.firm_id
            and of_clio.xero_bank_account_id = of_xero.xero_bank_account_id
            and of_clio.side = 'clio'
            and of_xero.side = 'xero'
            and of_xero.entry_date between of_clio.entry_date - 3 and of_clio.entry_date + 3
    where
        of_xero.signed_amount < of_clio.signed_amount
        and 20 * (of_clio.signed_amount - of_xero.signed_amount) <= of_clio.signed_amount
        and {{ names_the_client('of_clio', 'of_xero') }}

),

deposits_netted as (

    {{ choose_partners(
        'deposits_that_may_be_netted',
        within=['firm_id'],
        left_order=['entry_date', 'bank_transaction_id'],
        right_order=['xero_entry_date', 'entry_key'],
        costs=['days_apart', 'cast(100 * fee_amount as bigint)'],
    ) }}

)

select
    firm_id,
    entry_key as bank_transaction_id,
    partner_key as entry_key,
    true as is_certain,
    cast(null as varchar) as sum_key,
    cast(0 as decimal(18, 2)) as fee_amount
from {{ ref('int_trust_entries_paired') }}
where side = 'clio' and partner_key is not null

union all

-- Each of the several with the one.
select
    firm_id,
    case one_side when 'clio' then one_key else entry_key end as bank_transaction_id,
    case one_side when 'clio' then entry_key else one_key end as entry_key,
    is_certain,
    one_side || ' ' || one_key as sum_key,
    cast(0 as decimal(18, 2)) as fee_amount
from sums
where side <> one_side

union all

select
    firm_id,
    bank_transaction_id,
    entry_key,
    true as is_certain,
    cast(null as varchar) as sum_key,
    cast(fee_amount as decimal(18, 2)) as fee_amount
from deposits_netted
