-- Every payment and credit in force exactly once, with the set in which it found its partner, if any. A set is named
-- after the lowest of its members.
with

sets as (

    {%- for relation, how in [('int_payments_matched', 'matched'), ('int_payments_of_one_day', 'other_amount')] %}
        {%- for side in ['clio', 'xero'] %}
            select
                firm_id,
                bill_id,
                kind,
                '{{ side }}' as side,
                {{ side }}_entry_id as entry_id,
                '{{ how }}' as how,
                clio_entry_id || '+' || xero_entry_id as set_key
            from {{ ref(relation) }}

            union all
        {%- endfor %}
    {%- endfor %}

    select
        firm_id,
        bill_id,
        kind,
        side,
        member_key as entry_id,
        'grouped' as how,
        min(case when side = 'clio' then member_key end) over in_one_set
        || '+' || min(case when side = 'xero' then member_key end) over in_one_set as set_key
    from {{ ref('int_payments_grouped') }}
    window in_one_set as (partition by firm_id, bill_id, kind, set_number)

)

select
    payments.*,
    coalesce(sets.how, 'alone') as how,
    coalesce(sets.set_key, payments.side || ' ' || payments.entry_id) as set_key
from {{ ref('int_payments_of_pairs') }} as payments
left join sets
    on
        payments.firm_id = sets.firm_id
        and payments.bill_id = sets.bill_id
        and payments.kind = sets.kind
        and payments.side = sets.side
        and payments.entry_id = sets.entry_id
where not payments.is_reversed
