-- May a draft be approved in Xero as it stands? Only when number, contact, dates, currency, net, tax and every line
-- agree, wording too. Here is what has to be changed first, from Xero's value to Clio's; a draft without a row is
-- ready.
with

edits as (

    {%- for column, label in [
        ('issued_date', 'issue date'), ('due_date', 'due date'), ('net_amount', 'net'), ('tax_amount', 'tax')
    ] %}
        select
            firm_id,
            bill_id,
            {{ loop.index }} + case when {{ loop.index }} > 2 then 100000 else 0 end as edit_order,
            '{{ label }}: '
            {%- if column.endswith('amount') %}
                || {{ money_text('xero_' ~ column) }} || ' to ' || {{ money_text('clio_' ~ column) }} as edit
            {%- else %}
                || coalesce(cast(xero_{{ column }} as varchar), 'none')
                || ' to ' || coalesce(cast(clio_{{ column }} as varchar), 'none') as edit
            {%- endif %}
        from {{ ref('int_drafts_compared') }}
        where xero_{{ column }} is distinct from clio_{{ column }}

        union all
    {% endfor %}

    select
        firm_id,
        bill_id,
        0 as edit_order,
        'contact: ' || coalesce(contact_name, 'none') || ' to ' || coalesce(client_name, 'none') as edit
    from {{ ref('int_drafts_compared') }}
    where not contact_agrees

    union all

    select
        firm_id,
        bill_id,
        0.5 as edit_order,
        'number: ' || coalesce(xero_number, 'none') || ' to ' || coalesce(clio_number, 'none') as edit
    from {{ ref('int_drafts_compared') }}
    where not number_agrees

    union all

    select
        firm_id,
        bill_id,
        3 as edit_order,
        'currency: ' || xero_currency_code || ' to ' || clio_currency_code as edit
    from {{ ref('int_drafts_compared') }}
    where not currency_agrees

    union all

    select
        lines.firm_id,
        lines.bill_id,
        10 + lines.edit_order as edit_order,
        lines.edit
    from {{ ref('int_line_edits') }} as lines
    inner join {{ ref('int_drafts_compared') }} as drafts
        on lines.firm_id = drafts.firm_id and lines.bill_id = drafts.bill_id

)

select
    firm_id,
    bill_id,
    {{ listed('list(edit order by edit_order)') }} as edits,
    md5(string_agg(edit, '|' order by edit_order)) as edits_key
from edits
group by firm_id, bill_id
