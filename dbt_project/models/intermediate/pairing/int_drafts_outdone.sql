-- Drafts that an earlier rule gave a bill, although a live invoice of the client with its number (after normalising),
-- or with its date and total, has no bill: the live one is the bill's invoice, and the draft was left behind.
with

settled as (

    select * from {{ ref('int_pairs_settled') }}

),

bills_with_a_draft as (

    select
        bills.*,
        settled.invoice_id as draft_invoice_id
    from settled
    inner join {{ ref('int_bills_valued') }} as bills
        on settled.firm_id = bills.firm_id and settled.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as drafts
        on settled.firm_id = drafts.firm_id and settled.invoice_id = drafts.invoice_id
    where settled.match_rule <> 'link' and bills.bill_class <> 'dead' and drafts.invoice_class = 'draft'

),

live_invoices_without_a_bill as (

    select invoices.*
    from {{ ref('int_invoices_from_clio') }} as invoices
    left join settled
        on invoices.firm_id = settled.firm_id and invoices.invoice_id = settled.invoice_id
    where settled.invoice_id is null and invoices.invoice_class = 'live'

),

candidates_by_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        'normalised_number' as match_rule,
        count(*) over (partition by bills.firm_id, bills.bill_id) as invoices_for_the_bill,
        count(*) over (partition by bills.firm_id, invoices.invoice_id) as bills_for_the_invoice
    from bills_with_a_draft as bills
    inner join live_invoices_without_a_bill as invoices
        on bills.firm_id = invoices.firm_id and bills.normalised_number_key = invoices.normalised_number_key
    inner join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id

),

pairs_by_number as (

    select
        firm_id,
        bill_id,
        invoice_id,
        match_rule
    from candidates_by_number
    where invoices_for_the_bill = 1 and bills_for_the_invoice = 1

),

bills_still_with_a_draft as (

    select bills.*
    from bills_with_a_draft as bills
    left join pairs_by_number as pairs
        on bills.firm_id = pairs.firm_id and bills.bill_id = pairs.bill_id
    where pairs.bill_id is null

),

live_invoices_still_without_a_bill as (

    select invoices.*
    from live_invoices_without_a_bill as invoices
    left join pairs_by_number as pairs
        on invoices.firm_id = pairs.firm_id and invoices.invoice_id = pairs.invoice_id
    where pairs.invoice_id is null

),

{{ pair_by_date_and_total('bills_still_with_a_draft', 'live_invoices_still_without_a_bill', 'the_outdone') }},

pairs as (

    select * from pairs_by_number
    union all
    select * from pairs_by_date_and_total_the_outdone

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    pairs.match_rule,
    bills.draft_invoice_id
from pairs
inner join bills_with_a_draft as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
