-- The same amount on the same day is one payment. Of several equal ones those that went to the same pocket first, then
-- the first with the first: which of them is which makes no difference.
{%- set equal = ['firm_id', 'bill_id', 'kind', 'amount', 'entry_date'] %}
with

payments_left as (

    {{ payments_left(['int_payments_of_one_parent']) }}

),

{%- for step, keys in [('to_one_pocket', equal + ['pocket']), ('to_any_pocket', equal)] %}

placed_{{ step }} as (

    select
        payments.*,
        row_number() over (partition by {{ keys | join(', ') }}, side order by entry_id) as place
    from payments_left as payments
    {%- if not loop.first %}
    where
        not exists (
            select 1 from pairs_to_one_pocket as pairs
            where
                payments.firm_id = pairs.firm_id
                and payments.kind = pairs.kind
                and payments.entry_id = case payments.side
                    when 'clio' then pairs.clio_entry_id else pairs.xero_entry_id
                end
        )
    {%- endif %}

),

pairs_{{ step }} as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.entry_id as clio_entry_id,
        xero.entry_id as xero_entry_id
    from placed_{{ step }} as clio
    inner join placed_{{ step }} as xero
        on
            {% for key in keys %}clio.{{ key }} = xero.{{ key }} and {% endfor %}
            clio.place = xero.place
    where clio.side = 'clio' and xero.side = 'xero'

),
{%- endfor %}

pairs as (

    select * from pairs_to_one_pocket
    union all
    select * from pairs_to_any_pocket

)

{{ payments_in_sets_of_two('pairs', 'matched') }}
