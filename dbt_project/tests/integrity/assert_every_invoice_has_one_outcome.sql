-- A row means: an invoice is not exactly once in matched_bills, as the invoice of a row or as its interest invoice.
-- Catches an invoice that is matched twice, or lost. Says nothing about whether the pair is the right one.
with

invoices_in_use as (

    select
        firm_id,
        xero_invoice_id as invoice_id
    from {{ ref('matched_bills') }}
    where xero_invoice_id is not null

    union all

    select
        firm_id,
        unnest(string_split(xero_interest_invoice_ids, ',')) as invoice_id
    from {{ ref('matched_bills') }}
    where xero_interest_invoice_ids is not null

)

select
    invoices.firm_id,
    invoices.invoice_id,
    count(invoices_in_use.invoice_id) as use_count
from {{ ref('stg_xero__invoices') }} as invoices
left join invoices_in_use
    on invoices.firm_id = invoices_in_use.firm_id and invoices.invoice_id = invoices_in_use.invoice_id
group by invoices.firm_id, invoices.invoice_id
having count(invoices_in_use.invoice_id) <> 1
