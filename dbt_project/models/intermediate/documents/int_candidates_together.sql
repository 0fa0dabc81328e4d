-- Bills that are missing one by one, and an invoice of the client, dated within 35 days, that is as much as two to
-- eight of them: each of the bills names the invoice, three at most, and the invoice names the bills.
with

bills_near_each_invoice as (

    select distinct
        invoices.firm_id,
        invoices.invoice_id,
        bills.bill_id,
        cast(invoices.total_amount * 100 as bigint) as invoice_cents,
        cast(bills.total_amount * 100 as bigint) as bill_cents
    from {{ ref('int_documents_open') }} as invoices
    inner join {{ ref('int_client_contacts') }} as contacts
        on invoices.firm_id = contacts.firm_id and invoices.contact_id = contacts.contact_id
    inner join {{ ref('int_documents_open') }} as bills
        on
            invoices.firm_id = bills.firm_id
            and contacts.client_id = bills.client_id
            and invoices.issued_date between bills.issued_date - 35 and bills.issued_date + 35
            and {{ same_currency('bills.currency_code', 'invoices.currency_code') }}
    where
        invoices.invoice_id is not null
        and invoices.request_id is null
        and bills.bill_id is not null
        and bills.total_amount > 0
        and bills.total_amount < invoices.total_amount

),

sums_of_bills as (

    select
        firm_id,
        invoice_id,
        list(bill_id order by bill_id) as bill_ids,
        sets_that_add_up(invoice_cents, list(bill_cents order by bill_id)) as found
    from bills_near_each_invoice
    group by firm_id, invoice_id, invoice_cents
    having count(*) > 1 and sum(bill_cents) >= invoice_cents

),

bills_of_the_sums as (

    select
        firm_id,
        invoice_id,
        unnest(list_select(bill_ids, struct_extract(found, 'members'))) as bill_id
    from sums_of_bills
    where struct_extract(found, 'ways') > 0

),

bills_of_the_sums_named as (

    select
        sums.*,
        bills.bill_number,
        bills.issued_date,
        bills.payable_amount,
        list('bill ' || coalesce(bills.bill_number, 'without a number')) over (
            partition by sums.firm_id, sums.invoice_id
            order by bills.issued_date, sums.bill_id
            rows between unbounded preceding and unbounded following
        ) as bill_names
    from bills_of_the_sums as sums
    inner join {{ ref('int_bills_valued') }} as bills
        on sums.firm_id = bills.firm_id and sums.bill_id = bills.bill_id

),

candidates as (

    select
        sums.firm_id,
        'bill' as named_on,
        sums.bill_id as document_id,
        {{ document_of_day('invoice', 'invoices.invoice_number', 'invoices.issued_date') }} || ' ('
        || {{ status_in_words('invoices.invoice_status') }}
        || ', ' || {{ money_text('invoices.total_amount') }} || ') for '
        || {{ listed('sums.bill_names', separator=', ', budget=100) }} as candidate_in_words,
        {{ number_and_id('invoices.invoice_number', 'sums.invoice_id') }} as candidate,
        row_number() over (
            partition by sums.firm_id, sums.bill_id order by invoices.issued_date, sums.invoice_id
        ) as candidate_order,
        count(*) over (partition by sums.firm_id, sums.bill_id) as candidate_count
    from bills_of_the_sums_named as sums
    inner join {{ ref('int_sales_invoices') }} as invoices
        on sums.firm_id = invoices.firm_id and sums.invoice_id = invoices.invoice_id
    qualify candidate_order <= 3

    union all

    select
        firm_id,
        'invoice' as named_on,
        invoice_id as document_id,
        {{ document_of_day('bill', 'bill_number', 'issued_date') }} || ' (' || {{ money_text('payable_amount') }} || ')'
            as candidate_in_words,
        {{ number_and_id('bill_number', 'bill_id') }} as candidate,
        row_number() over (partition by firm_id, invoice_id order by issued_date, bill_id) as candidate_order,
        count(*) over (partition by firm_id, invoice_id) as candidate_count
    from bills_of_the_sums_named

)

select
    firm_id,
    named_on,
    document_id,
    {{ candidates_listed('candidate_in_words', ';') }} as candidates_in_words,
    {{ candidates_listed('candidate', ',') }} as candidate
from candidates
group by firm_id, named_on, document_id
