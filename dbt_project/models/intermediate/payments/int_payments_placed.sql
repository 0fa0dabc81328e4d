-- Every payment and credit in force exactly once, with the set in which it found its partner, if any, and how. A set is
-- named after the lowest of its members.
{%- set settled = [
    'int_payments_of_one_parent', 'int_payments_equal_on_one_day', 'int_payments_equal_within_days',
    'int_payments_in_parts', 'int_payments_equal_on_any_day', 'int_payments_in_parts_on_any_day',
    'int_payments_of_other_amounts',
] %}
with

sets as (

    {%- for model in settled %}
        select * from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

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
