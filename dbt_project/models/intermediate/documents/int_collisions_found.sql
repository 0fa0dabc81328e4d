-- Two documents that share a number and nothing else: client, total and issue date all differ. Of a client that
-- nobody can tell apart, or whom Clio does not show, none of this can be said.
with

documents_of_equal_total as (

    select distinct
        totals.firm_id,
        totals.bill_id,
        invoices.invoice_id
    from {{ ref('int_bill_totals') }} as totals
    inner join {{ ref('int_documents_open') }} as bills
        on totals.firm_id = bills.firm_id and totals.bill_id = bills.bill_id
    inner join {{ ref('int_documents_open') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and totals.total_amount = invoices.total_amount
            and {{ same_currency('totals.currency_code', 'invoices.currency_code') }}
    where invoices.invoice_id is not null

),

documents_of_equal_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        count(*) over (partition by bills.firm_id, bills.bill_id) as invoices_for_the_bill,
        count(*) over (partition by bills.firm_id, invoices.invoice_id) as bills_for_the_invoice
    from {{ ref('int_documents_open') }} as bills
    inner join {{ ref('int_documents_open') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.number_key = invoices.number_key
    left join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id
    left join {{ ref('int_clients_alike') }} as alike
        on
            bills.firm_id = alike.firm_id
            and bills.client_id = alike.client_id
            and invoices.contact_id = alike.contact_id
    left join documents_of_equal_total as equals
        on
            bills.firm_id = equals.firm_id
            and bills.bill_id = equals.bill_id
            and invoices.invoice_id = equals.invoice_id
    where
        bills.bill_id is not null
        and invoices.invoice_id is not null
        and bills.is_client_visible
        and bills.total_amount > 0
        and invoices.total_amount >= 0
        and bills.issued_date is distinct from invoices.issued_date
        and ties.client_id is null
        and alike.client_id is null
        and equals.bill_id is null

)

select
    firm_id,
    bill_id,
    invoice_id
from documents_of_equal_number
where invoices_for_the_bill = 1 and bills_for_the_invoice = 1
