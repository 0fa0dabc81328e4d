{#- Those of some payments that have no partner yet: `settled` has one row per payment with one. -#}
{% macro payments_left(payments, settled) -%}
    select payments.*
    from {{ payments }} as payments
    left join {{ settled }} as settled
        on
            payments.firm_id = settled.firm_id
            and payments.side = settled.side
            and payments.kind = settled.kind
            and payments.entry_id = settled.entry_id
    where settled.entry_id is null
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

{#-
    Of payments without a partner, those that are one against several, in that shape: near each other (a fee and what is
    left at the bank, the parts of a day, then of three days), or of one day further off
    (pipelines/matching/instalments.py).
-#}
{% macro payments_in_parts(payments, near) -%}
with

bills_with_both_sides as (

    select
        firm_id,
        bill_id,
        kind
    from {{ payments }}
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
    from {{ payments }} as payments
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
