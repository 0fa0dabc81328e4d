-- Clio may raise a bill's interest as an invoice of its own. Such an invoice is a child of the pair: it has no pair.
with

pairs_whose_invoice_lacks_the_interest as (

    select
        pairs.firm_id,
        pairs.bill_id,
        bills.client_id,
        bills.currency_code,
        bills.interest_amount
    from {{ ref('int_pairs_resolved') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    left join {{ ref('int_pair_special_lines') }} as interest_lines
        on
            pairs.firm_id = interest_lines.firm_id
            and pairs.bill_id = interest_lines.bill_id
            and interest_lines.role = 'interest'
    where
        bills.interest_amount <> 0
        and interest_lines.bill_id is null
        and invoices.invoice_class <> 'dead'

),

invoices_without_a_bill as (

    select invoices.*
    from {{ ref('int_invoices_valued') }} as invoices
    left join {{ ref('int_pairs_resolved') }} as pairs
        on invoices.firm_id = pairs.firm_id and invoices.invoice_id = pairs.invoice_id
    left join {{ ref('int_invoices_not_from_clio') }} as named
        on invoices.firm_id = named.firm_id and invoices.invoice_id = named.invoice_id
    where pairs.invoice_id is null and named.invoice_id is null and invoices.invoice_class <> 'dead'

),

candidates as (

    select
        pairs.firm_id,
        pairs.bill_id,
        invoices.invoice_id,
        count(*) over (partition by pairs.firm_id, pairs.bill_id) as invoices_for_the_bill,
        count(*) over (partition by pairs.firm_id, invoices.invoice_id) as bills_for_the_invoice
    from pairs_whose_invoice_lacks_the_interest as pairs
    inner join {{ ref('int_clients_tied') }} as ties
        on pairs.firm_id = ties.firm_id and pairs.client_id = ties.client_id
    inner join invoices_without_a_bill as invoices
        on
            pairs.firm_id = invoices.firm_id
            and ties.contact_id = invoices.contact_id
            and pairs.interest_amount = invoices.total_amount
            and {{ same_currency('pairs.currency_code', 'invoices.currency_code') }}

)

select
    firm_id,
    bill_id,
    invoice_id
from candidates
where invoices_for_the_bill = 1 and bills_for_the_invoice = 1
