-- Payments that have their equal near them. First the parts of one payment of Clio, which Clio spreads over matters and
-- Xero has whole; then the same amount on the same day; then within three days.
with

payments_in_force as (

    select *
    from {{ ref('int_payments_of_pairs') }}
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

partners_within_three_days as (

    {{ pair_equals('payments_by_amount', ['firm_id', 'bill_id', 'kind', 'amount'], days=3) }}

),

pairs_within_three_days as (

    select
        *,
        clio_key as clio_entry_id,
        xero_key as xero_entry_id
    from partners_within_three_days

)

select * from payments_of_one_parent
union all
select * from payments_of_one_pocket
union all
select * from payments_of_other_pockets
union all
{{ payments_in_sets_of_two('pairs_within_three_days', 'matched') }}
