-- For each entry that is still alone: which two to eight of the other side's entries within three days add up to it.
-- No set, one, or several: which of several it is, nobody can tell.
with

entries_in_whole_sums as (

    select
        firm_id,
        side,
        entry_key
    from {{ ref('int_trust_sums_whole') }}

),

entries_left as (

    select entries.*
    from {{ ref('int_trust_entries_unpaired') }} as entries
    left join entries_in_whole_sums as taken
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

)

select
    firm_id,
    one_side,
    one_key,
    struct_extract(found, 'ways') as ways,
    list_select(other_keys, struct_extract(found, 'members')) as members
from sums_found
where struct_extract(found, 'ways') > 0
