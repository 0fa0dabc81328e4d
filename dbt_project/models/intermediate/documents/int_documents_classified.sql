-- The outcome of each document: one code, a reason why it is none, 'compare' where both sides are live, or
-- 'stuck_in_draft', of which the finding says whether it is ready. A draft below zero that stands for a negative bill
-- is told in that bill's row. An invoice that credit notes took back in full is as good as void, and where books are
-- locked it is the only way: with a dead bill, or with none, it is no finding. An extra invoice repeats a paired one:
-- it is a draft that a live invoice has outdone; one of the bill's number and client; or one of equal contact, date and
-- total. Where it repeats several in contact, date and total, the one whose number it extends ("1007" and "1007-1") is
-- meant; where even that does not single one out, none is named.
with

extras as (

    select * from {{ ref('int_documents_open') }}
    where invoice_id is not null and request_id is null and colliding_bill_id is null

),

paired as (

    select
        documents.firm_id,
        documents.bill_id,
        documents.bill_class,
        bills.client_id,
        bills.number_key as bill_number_key,
        invoices.* exclude (firm_id)
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id

),

drafts_outdone as (

    select
        extras.firm_id,
        extras.invoice_id,
        outdone.bill_id,
        outdone.invoice_id as repeated_invoice_id
    from extras
    inner join {{ ref('int_pairs') }} as outdone
        on extras.firm_id = outdone.firm_id and extras.invoice_id = outdone.outdone_invoice_id

),

repeats_of_a_number as (

    select
        extras.firm_id,
        extras.invoice_id,
        paired.bill_id,
        paired.invoice_id as repeated_invoice_id,
        count(*) over (partition by extras.firm_id, extras.invoice_id) as repeated_count
    from extras
    inner join paired
        on extras.firm_id = paired.firm_id and extras.number_key = paired.bill_number_key
    inner join {{ ref('int_client_contacts') }} as contacts
        on
            paired.firm_id = contacts.firm_id
            and paired.client_id = contacts.client_id
            and extras.contact_id = contacts.contact_id
    where
        paired.invoice_class <> 'dead'
        and paired.bill_class <> 'dead'
        and (contacts.relation = 'same' or extras.total_amount = paired.total_amount)

),

paired_alike as (

    -- Counted, never listed: one client may have thousands of invoices of one date and total.
    select
        firm_id,
        contact_id,
        issued_date,
        total_amount,
        currency_code,
        count(*) as repeated_count,
        min(bill_id) as bill_id,
        min(invoice_id) as repeated_invoice_id
    from paired
    group by firm_id, contact_id, issued_date, total_amount, currency_code

),

repeats_of_contact_date_and_total as (

    select
        extras.*,
        alike.bill_id as repeated_bill_id,
        alike.repeated_invoice_id,
        sum(alike.repeated_count) over (partition by extras.firm_id, extras.invoice_id) as repeated_count
    from extras
    inner join paired_alike as alike
        on
            extras.firm_id = alike.firm_id
            and extras.contact_id = alike.contact_id
            and extras.issued_date = alike.issued_date
            and extras.total_amount = alike.total_amount
            and {{ same_currency('extras.currency_code', 'alike.currency_code') }}

),

beginnings_of_numbers as (

    select
        firm_id,
        invoice_id,
        contact_id,
        issued_date,
        total_amount,
        unnest([left(number_key, size) for size in range(1, length(number_key) + 1)]) as number_key
    from repeats_of_contact_date_and_total
    where repeated_count > 1 and number_key is not null

),

repeats_of_an_extended_number as (

    select
        extras.firm_id,
        extras.invoice_id,
        paired.bill_id,
        paired.invoice_id as repeated_invoice_id,
        count(*) over (partition by extras.firm_id, extras.invoice_id) as extended_count
    from beginnings_of_numbers as extras
    inner join paired
        on
            extras.firm_id = paired.firm_id
            and extras.contact_id = paired.contact_id
            and extras.issued_date = paired.issued_date
            and extras.total_amount = paired.total_amount
            and extras.number_key = paired.number_key

),

repeats as (

    select
        1 as reason_rank,
        *
    from drafts_outdone

    union all

    select
        2 as reason_rank,
        firm_id,
        invoice_id,
        bill_id,
        repeated_invoice_id
    from repeats_of_a_number
    where repeated_count = 1

    union all

    select
        3 as reason_rank,
        firm_id,
        invoice_id,
        repeated_bill_id as bill_id,
        repeated_invoice_id
    from repeats_of_contact_date_and_total
    where repeated_count = 1

    union all

    select
        4 as reason_rank,
        firm_id,
        invoice_id,
        bill_id,
        repeated_invoice_id
    from repeats_of_an_extended_number
    where extended_count = 1

),

the_best_repeat_of_each_extra as (

    select
        firm_id,
        invoice_id,
        bill_id,
        repeated_invoice_id
    from repeats
    qualify row_number() over (partition by firm_id, invoice_id order by reason_rank) = 1

),

credit_notes_on_invoices as (

    select
        firm_id,
        invoice_id,
        sum(amount) as credited_amount
    from {{ ref('int_xero_applications') }}
    where kind = 'credit' and not is_reversed and amount > 0
    group by firm_id, invoice_id

),

invoices_credited_in_full as (

    select
        invoices.firm_id,
        invoices.invoice_id
    from {{ ref('int_invoices_valued') }} as invoices
    inner join credit_notes_on_invoices as notes
        on invoices.firm_id = notes.firm_id and invoices.invoice_id = notes.invoice_id
    where invoices.invoice_class = 'live' and invoices.total_amount = notes.credited_amount

)

select
    documents.firm_id,
    documents.bill_key,
    documents.bill_id,
    documents.invoice_id,
    documents.pairing,
    documents.invoice_class,
    documents.ar_difference_amount,
    documents.changed_at,
    unmatched.request_id,
    unmatched.colliding_bill_id,
    unmatched.colliding_invoice_id,
    unmatched.negative_bill_id,
    repeated.bill_id as repeated_bill_id,
    repeated.repeated_invoice_id,
    case
        when documents.scope_reason is not null then documents.scope_reason
        when unmatched.request_id is not null then 'trust_request_invoiced'
        when unmatched.colliding_bill_id is not null then 'number_collision'
        when unmatched.negative_bill_id is not null then 'no_exception'
        when repeated.invoice_id is not null then 'duplicate_in_xero'
        when documents.bill_class = 'vanished' and documents.invoice_class in ('draft', 'live') then 'bill_vanished'
        when
            documents.bill_class = 'vanished'
            and documents.invoice_class = 'none'
            and bills.bill_state in ('awaiting_payment', 'paid')
            then 'bill_vanished'
        when
            documents.pairing = 'clio_only' and unmatched.bill_key is not null and unmatched.total_amount < 0
            then 'credit_note_missing'
        when documents.pairing = 'clio_only' and unmatched.bill_key is not null then 'missing_in_xero'
        when documents.bill_class in ('none', 'dead') and credited.invoice_id is not null then 'no_exception'
        when documents.pairing = 'xero_only' and unmatched.bill_key is not null then 'xero_only'
        when documents.pairing <> 'paired' then 'no_exception'
        when documents.bill_class = 'approved' and documents.invoice_class = 'live' then 'compare'
        -- A bill of nothing needs no invoice, dead or alive.
        when documents.bill_class = 'approved' and documents.invoice_class = 'dead' and bills.payable_amount = 0
            then 'no_exception'
        when documents.bill_class = 'approved' and documents.invoice_class = 'dead' then 'void_in_xero_live_in_clio'
        when documents.bill_class = 'approved' then 'stuck_in_draft'
        when documents.bill_class = 'unapproved' and documents.invoice_class = 'live' then 'approved_early_in_xero'
        when documents.bill_class = 'dead' and documents.invoice_class <> 'dead' then 'void_in_clio_live_in_xero'
        else 'no_exception'
    end as outcome
from {{ ref('int_documents_paired') }} as documents
left join {{ ref('int_bills_valued') }} as bills
    on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
left join {{ ref('int_documents_open') }} as unmatched
    on documents.firm_id = unmatched.firm_id and documents.bill_key = unmatched.bill_key
left join invoices_credited_in_full as credited
    on documents.firm_id = credited.firm_id and documents.invoice_id = credited.invoice_id
left join the_best_repeat_of_each_extra as repeated
    on documents.firm_id = repeated.firm_id and documents.invoice_id = repeated.invoice_id
