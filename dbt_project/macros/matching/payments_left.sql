{#- Payments and credits in force that none of the models named has given a partner. -#}
{% macro payments_left(settled=[]) -%}
    select payments.*
    from {{ ref('int_payments_of_pairs') }} as payments
    {%- for model in settled %}
        left join {{ ref(model) }} as settled_{{ loop.index }}
            on
                payments.firm_id = settled_{{ loop.index }}.firm_id
                and payments.side = settled_{{ loop.index }}.side
                and payments.kind = settled_{{ loop.index }}.kind
                and payments.entry_id = settled_{{ loop.index }}.entry_id
    {%- endfor %}
    where
        not payments.is_reversed
        {%- for model in settled %}
            and settled_{{ loop.index }}.entry_id is null
        {%- endfor %}
{%- endmacro %}

{#- Pairs of payments, in the shape of all that is settled: one row per payment, with the set it is in and how. -#}
{% macro payments_in_sets_of_two(pairs, how) -%}
    {%- for side in ['clio', 'xero'] %}
        select
            firm_id,
            bill_id,
            kind,
            '{{ side }}' as side,
            {{ side }}_entry_id as entry_id,
            '{{ how }}' as how,
            clio_entry_id || '+' || xero_entry_id as set_key
        from {{ pairs }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Payments that are one against several, in that shape; `settled` are the models that come before. -#}
{% macro payments_in_parts(settled, near) -%}
with

payments_left as (

    {{ payments_left(settled) }}

),

bills_with_both_sides as (

    select
        firm_id,
        bill_id,
        kind
    from payments_left
    group by firm_id, bill_id, kind
    having count(distinct side) = 2

),

payments_in_their_order as (

    select
        payments.*,
        dense_rank() over of_the_bill as place,
        case
            when payments.parent_id is null then 0
            else dense_rank() over (
                partition by payments.firm_id, payments.bill_id, payments.kind order by payments.parent_id nulls last
            )
        end as parent_number
    from payments_left as payments
    inner join bills_with_both_sides as bills
        on payments.firm_id = bills.firm_id and payments.bill_id = bills.bill_id and payments.kind = bills.kind
    where payments.entry_date is not null
    window of_the_bill as (
        partition by payments.firm_id, payments.bill_id, payments.kind
        order by payments.entry_date, payments.side, payments.entry_id
    )

),

sets_of_each_bill as (

    select
        firm_id,
        bill_id,
        kind,
        list(side order by place) as sides,
        list(entry_id order by place) as entry_ids,
        group_payments(
            list(side = 'clio' order by place),
            list(date_diff('day', date '2000-01-01', entry_date) order by place),
            list(cast(amount * 100 as bigint) order by place),
            list(parent_number order by place),
            list(is_on_fee_account order by place),
            {{ near }}
        ) as sets
    from payments_in_their_order
    group by firm_id, bill_id, kind

),

members as (

    select
        firm_id,
        bill_id,
        kind,
        unnest(sides) as side,
        unnest(entry_ids) as entry_id,
        unnest(sets) as set_number
    from sets_of_each_bill

)

select
    firm_id,
    bill_id,
    kind,
    side,
    entry_id,
    'grouped' as how,
    min(case when side = 'clio' then entry_id end) over in_one_set
    || '+' || min(case when side = 'xero' then entry_id end) over in_one_set as set_key
from members
where set_number > 0
window in_one_set as (partition by firm_id, bill_id, kind, set_number)
{%- endmacro %}
