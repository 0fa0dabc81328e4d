-- Section 4 in a bookkeeper's words. Names and numbers stand as the systems have them.
with

bills_that_an_invoice_may_be as (

    select
        candidates.firm_id,
        candidates.invoice_id,
        {{ listed(
            'list(coalesce(bills.bill_number, bills.bill_key) order by bills.bill_number, bills.bill_id)', ', ', 200
        ) }} as bill_numbers
    from {{ ref('int_candidates_found') }} as candidates
    inner join {{ ref('int_bills_valued') }} as bills
        on candidates.firm_id = bills.firm_id and candidates.bill_id = bills.bill_id
    group by candidates.firm_id, candidates.invoice_id

),

findings_with_their_documents as (

    select
        findings.*,
        'Bill ' || coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')') as the_bill,
        'invoice ' || coalesce(invoices.invoice_number, 'without a number') as the_invoice,
        coalesce(bills.client_name, 'no client') as client_name,
        coalesce(invoices.contact_name, 'no contact') as contact_name,
        bills.vanished_at,
        replace(bills.bill_state, '_', ' ') as bill_state,
        invoices.invoice_status,
        {{ money_text('bills.payable_amount') }} as bill_total,
        {{ money_text('bills.balance_amount') }} as bill_balance,
        {{ money_text('invoices.total_amount') }} as invoice_total,
        {{ money_text('invoices.due_amount') }} as invoice_due,
        bills.issued_date as bill_date,
        invoices.issued_date as invoice_date,
        repeated.invoice_number as repeated_number,
        edits.edits,
        causes.causes,
        coalesce(' The same client and total are on bill ' || maybe.bill_numbers || ', which is missing in Xero.', '')
            as maybe_a_bill
    from {{ ref('int_document_findings') }} as findings
    left join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
    left join {{ ref('int_invoices_valued') }} as repeated
        on findings.firm_id = repeated.firm_id and findings.repeated_invoice_id = repeated.invoice_id
    left join {{ ref('int_draft_edits') }} as edits
        on findings.firm_id = edits.firm_id and findings.bill_id = edits.bill_id
    left join {{ ref('int_missing_causes_found') }} as causes
        on findings.firm_id = causes.firm_id and findings.bill_id = causes.bill_id
    left join bills_that_an_invoice_may_be as maybe
        on findings.firm_id = maybe.firm_id and findings.invoice_id = maybe.invoice_id

)

select
    firm_id,
    code,
    severity,
    finding_key,
    subject_key,
    detail_key,
    bill_id,
    invoice_id,
    cast(abs(ar_effect_amount) as decimal(18, 2)) as amount,
    ar_effect_amount,
    bill_state || ', total ' || bill_total || ', balance ' || bill_balance as clio_value,
    invoice_status || ', total ' || invoice_total || ', due ' || invoice_due as xero_value,
    case code
        when 'missing_in_xero'
            then the_bill || ' for ' || client_name || ', issued ' || coalesce(cast(bill_date as varchar), 'on no date')
                || ', is approved in Clio (total ' || bill_total || ', balance ' || bill_balance
                || ') and has no invoice in Xero.' || coalesce(' Likely cause: ' || causes || '.', '')
        when 'stuck_in_draft_ready'
            then the_bill || ' for ' || client_name || ' is approved in Clio (total ' || bill_total || ', balance '
                || bill_balance || '), but ' || the_invoice || ' is still ' || lower(invoice_status)
                || ' in Xero. Contact, dates, totals, tax and every line agree.'
        when 'stuck_in_draft_edited'
            then the_bill || ' for ' || client_name || ' is approved in Clio (total ' || bill_total || ', balance '
                || bill_balance || '), but ' || the_invoice || ' is still ' || lower(invoice_status)
                || ' in Xero with other content. From Xero to Clio: ' || edits || '.'
        when 'approved_early_in_xero'
            then the_bill || ' for ' || client_name || ' is ' || bill_state || ' in Clio, yet ' || the_invoice
                || ' is already ' || lower(invoice_status) || ' in Xero with ' || invoice_due || ' due.'
        when 'void_in_clio_live_in_xero'
            then the_bill || ' for ' || client_name
                || ' is ' || bill_state || ' in Clio, yet '
                || the_invoice
                || ' is '
                || lower(invoice_status)
                || ' in Xero with '
                || invoice_due
                || ' due.'
        when 'bill_vanished'
            then the_bill || ' for ' || client_name || ' was ' || bill_state || ' in Clio (total ' || bill_total
                || ') when it was last seen there. Since ' || cast(vanished_at as date)
                || ' Clio does not return it any more, not even by its id: it was deleted for good, or the user that '
                || 'Tieout connects as may no longer see it.'
                || coalesce(
                    ' ' || upper(left(the_invoice, 1)) || substr(the_invoice, 2) || ' is ' || lower(invoice_status)
                    || ' in Xero with ' || invoice_due || ' due.', ' It has no invoice in Xero.'
                )
        when 'void_in_xero_live_in_clio'
            then the_bill || ' for ' || client_name || ' is approved in Clio with ' || bill_balance || ' to pay, yet '
                || the_invoice || ' is ' || lower(invoice_status) || ' in Xero.'
        when 'number_collision'
            then the_bill || ' is for ' || client_name || ' with total ' || bill_total
                || ' in Clio; in Xero the same number stands on an invoice for ' || contact_name || ' with total '
                || invoice_total || '. They are two documents.'
        when 'duplicate_in_xero'
            then the_bill || ' for ' || client_name || ' has invoice ' || coalesce(repeated_number, 'without a number')
                || ' in Xero, and ' || the_invoice || ' repeats its contact, date and total of ' || invoice_total
                || ' (due ' || invoice_due || ').'
        when 'xero_only'
            then 'I' || substr(the_invoice, 2) || ' for ' || contact_name || ' of '
                || coalesce(cast(invoice_date as varchar), 'no date') || ' (' || lower(invoice_status) || ', total '
                || invoice_total || ', due ' || invoice_due || ') has no bill in Clio.' || maybe_a_bill
    end as explanation,
    case code
        when
            'missing_in_xero'
            then 'Fix the cause, then edit and save the bill in Clio so that it is sent to Xero again.'
        when 'stuck_in_draft_ready' then 'Approve the invoice in Xero as it is.'
        when 'stuck_in_draft_edited' then 'Edit the invoice in Xero as listed, then approve it.'
        when 'approved_early_in_xero' then 'Approve the bill in Clio, or take the invoice back in Xero.'
        when 'void_in_clio_live_in_xero'
            then case when invoice_status in ('DRAFT', 'SUBMITTED') then 'Delete' else 'Void' end
                || ' the invoice in Xero.'
        when 'bill_vanished'
            then 'Look in Clio, as an administrator, whether the bill was deleted or the connected user lost the right '
                || 'to see it. Touch nothing in Xero before that.'
        when 'void_in_xero_live_in_clio' then 'Raise the invoice again in Xero, or void the bill in Clio.'
        when 'number_collision' then 'Renumber one of the two.'
        when 'duplicate_in_xero'
            then case when invoice_status in ('DRAFT', 'SUBMITTED') then 'Delete' else 'Void' end
                || ' the extra invoice in Xero.'
        when 'xero_only' then 'Link it to its bill, void it, or name it as not from Clio.'
    end as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    changed_at
from findings_with_their_documents
