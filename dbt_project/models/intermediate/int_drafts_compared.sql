-- May a draft be approved in Xero as it stands? Only when contact, dates, currency, net, tax and every line agree,
-- wording too; interest is left out on both sides. Anything that is not known to agree does not.
with

drafts_of_approved_bills as (

    select
        documents.firm_id,
        documents.bill_id,
        documents.invoice_id
    from {{ ref('int_documents_paired') }} as documents
    where documents.bill_class = 'approved' and documents.invoice_class = 'draft'

),

lines_of_both_sides as (

    select
        drafts.firm_id,
        drafts.bill_id,
        lines.text_key,
        lines.net_amount,
        lines.quantity,
        lines.rate,
        1 as side
    from drafts_of_approved_bills as drafts
    inner join {{ ref('int_bill_lines_valued') }} as lines
        on drafts.firm_id = lines.firm_id and drafts.bill_id = lines.bill_id

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        lines.text_key,
        lines.net_amount,
        lines.quantity,
        lines.unit_amount as rate,
        -1 as side
    from drafts_of_approved_bills as drafts
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on drafts.firm_id = lines.firm_id and drafts.invoice_id = lines.invoice_id
    left join {{ ref('int_interest_lines') }} as interest_lines
        on drafts.firm_id = interest_lines.firm_id and drafts.bill_id = interest_lines.bill_id
    left join {{ ref('int_bills_valued') }} as bills
        on drafts.firm_id = bills.firm_id and drafts.bill_id = bills.bill_id
    where not (
            coalesce(interest_lines.is_on_the_invoice, false)
            and lines.net_amount = bills.interest_amount
            and contains(lines.text_key, 'interest')
        )

),

lines_without_an_equal as (

    select
        firm_id,
        bill_id,
        text_key,
        net_amount,
        quantity,
        rate
    from lines_of_both_sides
    group by firm_id, bill_id, text_key, net_amount, quantity, rate
    having sum(side) <> 0

),

drafts_with_open_lines as (

    select
        firm_id,
        bill_id,
        count(*) as open_line_count
    from lines_without_an_equal
    group by firm_id, bill_id

)

select
    drafts.firm_id,
    drafts.bill_id,
    drafts.invoice_id,
    coalesce(lines.open_line_count, 0) as open_line_count,
    bills.client_name,
    invoices.contact_name,
    ties.client_id is not null as contact_agrees,
    bills.issued_date as clio_issued_date,
    invoices.issued_date as xero_issued_date,
    bills.due_date as clio_due_date,
    invoices.due_date as xero_due_date,
    bills.currency_code as clio_currency_code,
    invoices.currency_code as xero_currency_code,
    bills.net_amount as clio_net_amount,
    cast(
        invoices.net_amount - case when interest_lines.is_on_the_invoice then bills.interest_amount else 0 end
        as decimal(18, 2)
    ) as xero_net_amount,
    bills.tax_amount as clio_tax_amount,
    invoices.tax_amount as xero_tax_amount
from drafts_of_approved_bills as drafts
inner join {{ ref('int_bills_valued') }} as bills
    on drafts.firm_id = bills.firm_id and drafts.bill_id = bills.bill_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on drafts.firm_id = invoices.firm_id and drafts.invoice_id = invoices.invoice_id
left join {{ ref('int_clients_tied') }} as ties
    on
        drafts.firm_id = ties.firm_id
        and bills.client_id = ties.client_id
        and invoices.contact_id = ties.contact_id
left join {{ ref('int_interest_lines') }} as interest_lines
    on drafts.firm_id = interest_lines.firm_id and drafts.bill_id = interest_lines.bill_id
left join drafts_with_open_lines as lines
    on drafts.firm_id = lines.firm_id and drafts.bill_id = lines.bill_id
