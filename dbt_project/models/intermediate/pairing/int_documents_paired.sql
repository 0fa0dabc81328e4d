-- Every bill in scope and every invoice stands in exactly one row, an interest invoice in the row of its pair, a
-- credit note in the row of the negative bill that it is the partner of.
with

invoices_that_stand_alone as (

    select invoices.*
    from {{ ref('int_invoices_valued') }} as invoices
    left join {{ ref('int_interest_paired') }} as children
        on invoices.firm_id = children.firm_id and invoices.invoice_id = children.invoice_id
    where children.invoice_id is null

),

pairs as (

    select
        firm_id,
        bill_id,
        invoice_id,
        match_rule
    from {{ ref('int_pairs_resolved') }}

    union all

    select
        firm_id,
        bill_id,
        credit_note_id as invoice_id,
        'credit_note' as match_rule
    from {{ ref('int_credit_notes_paired') }}

),

bills_with_their_invoice as (

    select
        bills.*,
        pairs.invoice_id,
        pairs.match_rule
    from {{ ref('int_bills_valued') }} as bills
    left join pairs
        on bills.firm_id = pairs.firm_id and bills.bill_id = pairs.bill_id

)

select
    coalesce(bills.firm_id, invoices.firm_id) as firm_id,
    coalesce(bills.bill_key, invoices.invoice_key) as bill_key,
    bills.bill_id,
    invoices.invoice_id,
    interest.interest_invoice_id,
    interest.interest_invoice_ids,
    case
        when invoices.invoice_id is null then 'clio_only'
        when bills.bill_id is null then 'xero_only'
        else 'paired'
    end as pairing,
    bills.match_rule,
    coalesce(bills.bill_class, 'none') as bill_class,
    coalesce(invoices.invoice_class, 'none') as invoice_class,
    coalesce(bills.client_name, invoices.contact_name) as client_name,
    bills.bill_number,
    invoices.invoice_number,
    coalesce(bills.clio_ar_amount, 0) as clio_ar_amount,
    cast(coalesce(invoices.xero_ar_amount, 0) + coalesce(interest.xero_ar_amount, 0) as decimal(18, 2))
        as xero_ar_amount,
    cast(
        coalesce(invoices.xero_ar_amount, 0)
        + coalesce(interest.xero_ar_amount, 0)
        - coalesce(bills.clio_ar_amount, 0)
        as decimal(18, 2)
    ) as ar_difference_amount,
    greatest(bills.changed_at, invoices.changed_at, interest.changed_at) as changed_at
from bills_with_their_invoice as bills
full outer join invoices_that_stand_alone as invoices
    on bills.firm_id = invoices.firm_id and bills.invoice_id = invoices.invoice_id
left join {{ ref('int_interest_of_pairs') }} as interest
    on bills.firm_id = interest.firm_id and bills.bill_id = interest.bill_id
