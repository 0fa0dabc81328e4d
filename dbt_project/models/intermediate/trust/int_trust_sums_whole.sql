-- One entry against all entries of a day, or of one bank slip of that day (one batch, one reference), on the other
-- side: two to eight, within three days. Taken where nothing in it could belong to another such sum.
with

whole_days as (

    select
        firm_id,
        xero_bank_account_id,
        side,
        entry_date,
        sum(signed_amount) as amount,
        list(entry_key order by entry_key) as members
    from {{ ref('int_trust_entries_unpaired') }}
    group by firm_id, xero_bank_account_id, side, entry_date, signed_amount > 0

),

whole_slips as (

    select
        firm_id,
        xero_bank_account_id,
        side,
        entry_date,
        sum(signed_amount) as amount,
        list(entry_key order by entry_key) as members
    from {{ ref('int_trust_entries_unpaired') }}
    where slip_key is not null
    group by firm_id, xero_bank_account_id, side, entry_date, slip_key, signed_amount > 0

),

sets as (

    select * from whole_days
    union
    select * from whole_slips

),

sums_that_hold as (

    select
        sets.firm_id,
        ones.side as one_side,
        ones.entry_key as one_key,
        sets.members
    from sets
    inner join {{ ref('int_trust_entries_unpaired') }} as ones
        on
            sets.firm_id = ones.firm_id
            and sets.xero_bank_account_id = ones.xero_bank_account_id
            and sets.side <> ones.side
            and sets.amount = ones.signed_amount
            and ones.entry_date between sets.entry_date - 3 and sets.entry_date + 3
    where len(sets.members) between 2 and 8

)

select * from ({{ sums_without_rivals('sums_that_hold') }}) as sums_taken
