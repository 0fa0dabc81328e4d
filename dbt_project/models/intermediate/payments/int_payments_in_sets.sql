-- Every payment and credit in force exactly once, with the set in which it found its partner, if any, and how. First
-- the parts of one payment of Clio, which Clio spreads over matters and Xero has whole; then the same amount on the
-- same day, then within three days; one against several nearby; the same amount on any day; one against several further
-- off; another amount within three days. A set is named after the lowest of its members.
with

payments_in_force as (

    select * from {{ ref('int_payments_of_pairs') }}
    where not is_reversed

),

parents as (

    select
        firm_id,
        bill_id,
        kind,
        parent_id,
        sum(amount) as amount,
        min(entry_date) as first_date,
        max(entry_date) as last_date,
        list(entry_id order by entry_id) as entry_ids
    from payments_in_force
    where side = 'clio' and parent_id is not null
    group by firm_id, bill_id, kind, parent_id
    having count(*) > 1

),

whole_payments_for_parents as (

    -- Within three days of one of the parts.
    select
        parents.firm_id,
        parents.bill_id,
        parents.kind,
        parents.parent_id,
        parents.first_date,
        parents.entry_ids,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        greatest(
            date_diff('day', xero.entry_date, parents.first_date),
            date_diff('day', parents.last_date, xero.entry_date),
            0
        ) as days_apart
    from parents
    inner join payments_in_force as xero
        on
            parents.firm_id = xero.firm_id
            and parents.bill_id = xero.bill_id
            and parents.kind = xero.kind
            and parents.amount = xero.amount
            and xero.entry_date between parents.first_date - 3 and parents.last_date + 3
    where xero.side = 'xero'

),

parents_with_their_payment as (

    {{ choose_partners(
        'whole_payments_for_parents',
        within=['firm_id', 'bill_id', 'kind'],
        left_order=['first_date', 'parent_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['days_apart'],
    ) }}

),

payments_of_one_parent as (

    {%- for side, entry in [('clio', 'unnest(entry_ids)'), ('xero', 'xero_entry_id')] %}
        select
            firm_id,
            bill_id,
            kind,
            '{{ side }}' as side,
            {{ entry }} as entry_id,
            'grouped' as how,
            entry_ids[1] || '+' || xero_entry_id as set_key
        from parents_with_their_payment
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

payments_left_by_parents as (

    {{ payments_left('payments_in_force', 'payments_of_one_parent') }}

),

{# Of several equal ones those that went to the same pocket first, then the first with the first: which of them is which
   makes no difference. #}
{%- set equal_in = ['firm_id', 'bill_id', 'kind', 'amount', 'entry_date'] %}
{%- set of_one_pocket = ('one_pocket', 'payments_left_by_parents', equal_in + ['pocket']) %}
{%- set of_any_pocket = ('other_pockets', 'payments_left_by_one_pocket', equal_in) %}
{%- for place, payments, terms in [of_one_pocket, of_any_pocket] %}
    payments_of_{{ place }}_numbered as (

        select
            *,
            row_number() over (partition by side, {{ terms | join(', ') }} order by entry_id) as place
        from {{ payments }}

    ),

    pairs_of_{{ place }} as (

        select
            clio.firm_id,
            clio.bill_id,
            clio.kind,
            clio.entry_id as clio_entry_id,
            xero.entry_id as xero_entry_id
        from payments_of_{{ place }}_numbered as clio
        inner join payments_of_{{ place }}_numbered as xero
            on
                clio.place = xero.place
                {%- for term in terms %}
                    and clio.{{ term }} = xero.{{ term }}
                {%- endfor %}
        where clio.side = 'clio' and xero.side = 'xero'

    ),

    payments_of_{{ place }} as (

        {{ payments_in_sets_of_two('pairs_of_' ~ place, 'matched') }}

    ),

    payments_left_by_{{ place }} as (

        {{ payments_left(payments, 'payments_of_' ~ place) }}

    ),
{%- endfor %}

payments_by_amount as (

    select
        *,
        entry_id as entry_key
    from payments_left_by_other_pockets

),

pairs_within_three_days as (

    select
        *,
        clio_key as clio_entry_id,
        xero_key as xero_entry_id
    from ({{ pair_equals('payments_by_amount', ['firm_id', 'bill_id', 'kind', 'amount'], days=3) }}) as partners

),

payments_within_three_days as (

    {{ payments_in_sets_of_two('pairs_within_three_days', 'matched') }}

),

payments_without_an_equal_nearby as (

    {{ payments_left('payments_left_by_other_pockets', 'payments_within_three_days') }}

),

payments_in_parts_nearby as (

    {{ payments_in_parts('payments_without_an_equal_nearby', near='true') }}

),

payments_left_nearby as (

    {{ payments_left('payments_without_an_equal_nearby', 'payments_in_parts_nearby') }}

),

-- Equal payments can be paired in the order of their days without crossing, so that one need only be tried with those
-- whose places differ by no more than the surplus of its bill.
equals_in_the_order_of_their_days as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, amount, side order by entry_date nulls last, entry_id
        ) as place,
        count(case when side = 'clio' then 1 end) over of_one_amount as clio_count,
        count(case when side = 'xero' then 1 end) over of_one_amount as xero_count
    from payments_left_nearby
    window of_one_amount as (partition by firm_id, bill_id, kind, amount)

),

equals_that_may_be_partners as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.amount,
        clio.entry_id as clio_entry_id,
        clio.place as clio_place,
        xero.entry_id as xero_entry_id,
        xero.place as xero_place,
        coalesce({{ days_apart('clio.entry_date', 'xero.entry_date') }}, 100000) as days_apart
    from equals_in_the_order_of_their_days as clio
    inner join equals_in_the_order_of_their_days as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and clio.amount = xero.amount
            and xero.place - clio.place between least(clio.xero_count - clio.clio_count, 0)
            and greatest(clio.xero_count - clio.clio_count, 0)
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs_of_equals as (

    {{ choose_partners(
        'equals_that_may_be_partners',
        within=['firm_id', 'bill_id', 'kind', 'amount'],
        left_order=['clio_place'],
        right_order=['xero_place'],
        costs=['days_apart'],
    ) }}

),

payments_equal_on_any_day as (

    {{ payments_in_sets_of_two('pairs_of_equals', 'matched') }}

),

payments_without_an_equal as (

    {{ payments_left('payments_left_nearby', 'payments_equal_on_any_day') }}

),

payments_in_parts_further_off as (

    {{ payments_in_parts('payments_without_an_equal', near='false') }}

),

payments_of_no_sum as (

    {{ payments_left('payments_without_an_equal', 'payments_in_parts_further_off') }}

),

amounts_that_may_be_meant as (

    -- The same day before another, then the nearest amounts. Money in and money back are never one.
    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.entry_id as clio_entry_id,
        clio.entry_date as clio_date,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        {{ days_apart('clio.entry_date', 'xero.entry_date') }} as days_apart,
        cast(abs(clio.amount - xero.amount) * 100 as bigint) as cents_apart
    from payments_of_no_sum as clio
    inner join payments_of_no_sum as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and sign(clio.amount) = sign(xero.amount)
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs_of_other_amounts as (

    {{ choose_partners(
        'amounts_that_may_be_meant',
        within=['firm_id', 'bill_id', 'kind'],
        left_order=['clio_date', 'clio_entry_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['case when days_apart = 0 then 0 else 1 end', 'cents_apart', 'days_apart'],
    ) }}

),

payments_with_a_partner as (

    select * from payments_of_one_parent
    union all
    select * from payments_of_one_pocket
    union all
    select * from payments_of_other_pockets
    union all
    select * from payments_within_three_days
    union all
    select * from payments_in_parts_nearby
    union all
    select * from payments_equal_on_any_day
    union all
    select * from payments_in_parts_further_off
    union all
    {{ payments_in_sets_of_two('pairs_of_other_amounts', 'other_amount') }}

)

select
    payments.*,
    coalesce(partners.how, 'alone') as how,
    coalesce(partners.set_key, payments.side || ' ' || payments.entry_id) as set_key
from payments_in_force as payments
left join payments_with_a_partner as partners
    on
        payments.firm_id = partners.firm_id
        and payments.bill_id = partners.bill_id
        and payments.kind = partners.kind
        and payments.side = partners.side
        and payments.entry_id = partners.entry_id
