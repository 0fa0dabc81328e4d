-- May a draft be approved in Xero as it stands? Only when number, contact, dates, currency, net, tax and every line
-- agree, wording too. Here is what has to be changed first, from Xero's value to Clio's; a draft without a row is
-- ready.
with

drafts as (

    -- The heads of both documents beside each other; interest is left out on both sides.
    select
        compared.firm_id,
        compared.bill_id,
        bills.client_name,
        invoices.contact_name,
        compared.contact_agrees,
        bills.bill_number as clio_number,
        invoices.invoice_number as xero_number,
        compared.number_agrees,
        compared.clio_issued_date,
        compared.xero_issued_date,
        compared.clio_due_date,
        compared.xero_due_date,
        bills.currency_code as clio_currency_code,
        invoices.currency_code as xero_currency_code,
        compared.currency_agrees,
        compared.clio_net_amount,
        compared.xero_net_amount,
        compared.clio_tax_amount,
        compared.xero_tax_amount
    from {{ ref('int_pairs_compared') }} as compared
    inner join {{ ref('int_bills_valued') }} as bills
        on compared.firm_id = bills.firm_id and compared.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on compared.firm_id = invoices.firm_id and compared.invoice_id = invoices.invoice_id
    where compared.bill_class = 'approved' and compared.invoice_class = 'draft'

),

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
        from drafts
        where xero_{{ column }} is distinct from clio_{{ column }}

        union all
    {% endfor %}

    select
        firm_id,
        bill_id,
        0 as edit_order,
        'contact: ' || coalesce(contact_name, 'none') || ' to ' || coalesce(client_name, 'none') as edit
    from drafts
    where not contact_agrees

    union all

    select
        firm_id,
        bill_id,
        0.5 as edit_order,
        'number: ' || coalesce(xero_number, 'none') || ' to ' || coalesce(clio_number, 'none') as edit
    from drafts
    where not number_agrees

    union all

    select
        firm_id,
        bill_id,
        3 as edit_order,
        'currency: ' || xero_currency_code || ' to ' || clio_currency_code as edit
    from drafts
    where not currency_agrees

    union all

    select
        lines.firm_id,
        lines.bill_id,
        10 + lines.edit_order as edit_order,
        lines.edit
    from {{ ref('int_line_edits') }} as lines
    inner join drafts
        on lines.firm_id = drafts.firm_id and lines.bill_id = drafts.bill_id

)

select
    firm_id,
    bill_id,
    {{ listed('list(edit order by edit_order)') }} as edits,
    md5(string_agg(edit, '|' order by edit_order)) as edits_key
from edits
group by firm_id, bill_id
