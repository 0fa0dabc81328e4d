-- What numbers left open, settled by client, date and total: bills that live first, then those that vanished, then dead
-- ones, with dead invoices and after that with invoices that still stand.
{%- set rounds = [
    ('the_living', false, false), ('the_vanished', 'vanished', false), ('the_dead', true, true),
    ('the_dead_that_stand', true, false)
] %}
with

{% for round, bill_is_dead, invoice_is_dead in rounds %}
    settled_before_{{ round }} as (

        select * from {{ ref('int_pairs_by_number') }}
        {%- for earlier in rounds[:loop.index0] %}
            union all
            select * from pairs_by_date_and_total_{{ earlier[0] }}
        {%- endfor %}

    ),

    {{ unsettled_documents(round, bill_is_dead, invoice_is_dead, 'settled_before_' ~ round) }},

    {{ pair_by_date_and_total('bills_of_' ~ round, 'invoices_of_' ~ round, round) }}{{ "," if not loop.last }}
{% endfor %}

{% for round, bill_is_dead, invoice_is_dead in rounds %}
    select * from pairs_by_date_and_total_{{ round }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
