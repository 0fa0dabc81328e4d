-- Bills that are missing in Xero one by one and may stand there together: an invoice without a bill, of the client,
-- that is as much as two to eight of them dated within 35 days of it. Nothing is paired by it; it stops the advice to
-- send them again. Where more than one set adds up, every bill of any of them is named.
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
        and bills.bill_id is not null
        and bills.total_amount > 0
        and bills.total_amount < invoices.total_amount

),

sums_searched as (

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
    from sums_searched
    where struct_extract(found, 'ways') > 0

),

sums_with_their_bills as (

    select
        sums.firm_id,
        sums.invoice_id,
        list(
            'bill ' || coalesce(bills.bill_number, 'without a number') order by bills.issued_date, sums.bill_id
        ) as bill_names
    from bills_of_the_sums as sums
    inner join {{ ref('int_bills_valued') }} as bills
        on sums.firm_id = bills.firm_id and sums.bill_id = bills.bill_id
    group by sums.firm_id, sums.invoice_id

),

sums_in_words as (

    select
        firm_id,
        invoice_id,
        {{ listed('bill_names', separator=', ', budget=200) }} as the_bills
    from sums_with_their_bills

)

select
    sums.firm_id,
    sums.bill_id,
    string_agg(
        'invoice ' || coalesce(invoices.invoice_number, 'without a number') || ' of ' || invoices.issued_date || ' ('
        || {{ status_in_words('invoices.invoice_status') }}
        || ', ' || {{ money_text('invoices.total_amount') }} || ') for ' || words.the_bills,
        '; ' order by invoices.issued_date, sums.invoice_id
    ) as candidates_in_words,
    string_agg(
        concat_ws(' ', invoices.invoice_number, '(' || sums.invoice_id || ')'),
        ', ' order by invoices.issued_date, sums.invoice_id
    ) as candidate
from bills_of_the_sums as sums
inner join sums_in_words as words
    on sums.firm_id = words.firm_id and sums.invoice_id = words.invoice_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on sums.firm_id = invoices.firm_id and sums.invoice_id = invoices.invoice_id
group by sums.firm_id, sums.bill_id
