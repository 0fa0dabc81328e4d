-- What is wrong with a document as a whole, apart from bills that Xero lacks and drafts of approved bills, in a
-- bookkeeper's words: the fact, then the step. One row per document with a code, and one per extra invoice of a pair;
-- the two documents of a collision are one finding. Nothing is advised that takes away a document with money on it.
with

documents_with_a_code as (

    select
        firm_id,
        outcome as code,
        coalesce(
            colliding_bill_id, case when outcome = 'duplicate_in_xero' then repeated_bill_id end, bill_id
        ) as bill_id,
        coalesce(colliding_invoice_id, invoice_id) as invoice_id,
        case when outcome = 'duplicate_in_xero' then repeated_invoice_id end as repeated_invoice_id,
        request_id,
        ar_difference_amount,
        changed_at
    from {{ ref('int_documents_classified') }}
    where
        outcome in (
            'approved_early_in_xero', 'void_in_clio_live_in_xero', 'bill_vanished', 'number_collision',
            'duplicate_in_xero', 'trust_request_invoiced', 'xero_only'
        )

),

findings as (

    select
        firm_id,
        code,
        bill_id,
        invoice_id,
        max(repeated_invoice_id) as repeated_invoice_id,
        max(request_id) as request_id,
        cast(sum(ar_difference_amount) as decimal(18, 2)) as ar_effect_amount,
        max(changed_at) as changed_at
    from documents_with_a_code
    group by firm_id, code, bill_id, invoice_id

),

findings_with_their_documents as (

    select
        findings.*,
        {{ bill_in_words('bills') }} as the_bill,
        {{ status_in_words('bills.bill_state', 'said') }} as bill_state,
        {{ bill_standing('bills') }} as bill_standing,
        {{ money_text('bills.payable_amount') }} as bill_total,
        bills.issued_date as bill_date,
        bills.vanished_at,
        invoices.invoice_class,
        {{ invoice_in_words('invoices') }} as the_invoice,
        {{ invoice_standing('invoices') }} as invoice_standing,
        coalesce(invoices.contact_name, 'no contact') as contact_name,
        {{ status_in_words('invoices.invoice_status') }} as invoice_status_word,
        {{ status_in_words('invoices.invoice_status', 'said') }} as invoice_status_said,
        {{ money_text('invoices.total_amount') }} as invoice_total,
        {{ money_text('invoices.due_amount') }} as invoice_due,
        invoices.issued_date as invoice_date,
        {{ locked_books_first('invoices.issued_date', 'firms.locked_until_date') }} as asking_first,
        concat_ws(
            ' and ',
            case
                when invoices.paid_amount <> 0
                    then 'payments of ' || {{ money_text('abs(invoices.paid_amount)') }}
            end,
            case
                when invoices.credited_amount <> 0
                    then 'credits of ' || {{ money_text('abs(invoices.credited_amount)') }}
            end
        ) as money_on_it,
        {{ invoice_in_words('repeated') }} as repeated_invoice,
        {{ status_in_words('repeated.invoice_status') }} as repeated_status,
        candidates.candidates_in_words,
        candidates.linking_it,
        case when candidates.document_id is null then together.candidates_in_words end as together_in_words,
        case
            when candidates.document_id is null and together.document_id is null then parts.candidates_in_words
        end as parts_in_words,
        coalesce(candidates.candidate, together.candidate, parts.candidate) as candidate,
        requests.bill_number as request_number,
        coalesce(clients.client_name, requests.client_name) as request_client_name,
        requests.issued_date as request_date,
        requests.payable_amount as request_amount,
        requests.paid_amount as request_paid_amount
    from findings
    inner join {{ ref('int_firms') }} as firms
        on findings.firm_id = firms.firm_id
    left join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
    left join {{ ref('int_invoices_valued') }} as repeated
        on findings.firm_id = repeated.firm_id and findings.repeated_invoice_id = repeated.invoice_id
    left join {{ ref('int_candidates') }} as candidates
        on
            findings.firm_id = candidates.firm_id
            and findings.invoice_id = candidates.document_id
            and candidates.named_on = 'invoice'
            and findings.code = 'xero_only'
    left join {{ ref('int_candidates_together') }} as together
        on
            findings.firm_id = together.firm_id
            and findings.invoice_id = together.document_id
            and together.named_on = 'invoice of several'
            and findings.code = 'xero_only'
    left join {{ ref('int_candidates_together') }} as parts
        on
            findings.firm_id = parts.firm_id
            and findings.invoice_id = parts.document_id
            and parts.named_on = 'invoice among others'
            and findings.code = 'xero_only'
    left join {{ ref('stg_clio__bills') }} as requests
        on findings.firm_id = requests.firm_id and findings.request_id = requests.bill_id
    left join {{ ref('int_clio_clients') }} as clients
        on requests.firm_id = clients.firm_id and requests.client_id = clients.client_id

),

findings_with_a_way_back as (

    -- A draft is deleted, an approved document voided, and one with money on it not before that money is off.
    select
        *,
        asking_first || case
            when invoice_class = 'draft' then 'Delete the draft ' || the_invoice || ' in Xero.'
            when money_on_it <> ''
                then 'Xero voids nothing with money on it: find out what the ' || money_on_it
                    || ' were for and move them to the document they belong to; only then void ' || the_invoice || '.'
            else 'Void ' || the_invoice || ' in Xero.'
        end as removal
    from findings_with_their_documents

)

select
    firm_id,
    code,
    case
        when code = 'void_in_clio_live_in_xero' and invoice_class = 'draft' then 'medium'
        when code = 'xero_only' and invoice_class = 'draft' then 'low'
    end as severity,
    code || '|' || coalesce({{ subject_key('clio', 'bill_id') }}, '')
    || coalesce('|' || {{ subject_key('xero', 'invoice_id') }}, '') as finding_key,
    coalesce(
        {{ subject_key('clio', 'request_id') }},
        {{ subject_key('clio', 'bill_id') }},
        {{ subject_key('xero', 'invoice_id') }}
    ) as subject_key,
    case
        when code in ('duplicate_in_xero', 'number_collision', 'trust_request_invoiced') then invoice_id
    end as detail_key,
    coalesce(bill_id, request_id) as bill_id,
    invoice_id,
    cast(abs(ar_effect_amount) as decimal(18, 2)) as amount,
    ar_effect_amount,
    case
        when code = 'trust_request_invoiced' then 'request for trust money, ' || {{ money_text('request_amount') }}
        else bill_standing
    end as clio_value,
    invoice_standing as xero_value,
    case code
        when 'approved_early_in_xero'
            then the_bill || ' is ' || bill_state || ' in Clio, yet ' || the_invoice
                || ' is already ' || invoice_status_said || ' in Xero with ' || invoice_due || ' due.'
        when 'void_in_clio_live_in_xero'
            then the_bill
                || ' is ' || bill_state || ' in Clio, yet '
                || the_invoice
                || ' is '
                || invoice_status_said
                || ' in Xero with '
                || invoice_due
                || ' due.'
        when 'bill_vanished'
            then the_bill || ' was ' || bill_state || ' in Clio (total ' || bill_total
                || ') when it was last seen there. Since ' || cast(vanished_at as date)
                || ' Clio does not return it any more, not even by its id: it was deleted for good, or the user that '
                || 'Tieout connects as may no longer see it.'
                || coalesce(
                    ' ' || upper(left(the_invoice, 1)) || substr(the_invoice, 2) || ' is ' || invoice_status_said
                    || ' in Xero with ' || invoice_due || ' due.', ' It has no invoice in Xero.'
                )
        when 'number_collision'
            then the_bill || ' has total ' || bill_total || ' and is issued '
                || coalesce(cast(bill_date as varchar), 'on no date')
                || ' in Clio; in Xero the same number stands on an invoice for '
                || contact_name
                || ' of '
                || coalesce(cast(invoice_date as varchar), 'no date') || ' with total ' || invoice_total
                || '. Client, day and total all differ.'
        when 'duplicate_in_xero'
            then the_bill || ' has ' || repeated_invoice || ' (' || repeated_status || ') in Xero, and ' || the_invoice
                || ' of ' || coalesce(cast(invoice_date as varchar), 'no date') || ' is the same bill once more ('
                || invoice_status_word || ', total ' || invoice_total || ', due ' || invoice_due || ').'
        when 'trust_request_invoiced'
            then 'Trust request ' || coalesce(request_number, 'without a number')
                || coalesce(' for ' || request_client_name, '') || ' of '
                || coalesce(cast(request_date as varchar), 'no date')
                || ' asks for '
                || {{ money_text('request_amount') }}
                || ' of the client''s money'
                || case
                    when request_paid_amount <> 0 then ' (' || {{ money_text('request_paid_amount') }} || ' received)'
                    else ''
                end
                || '. In Xero it stands as ' || the_invoice || ' (' || invoice_status_word || ', due ' || invoice_due
                || '), as if the firm had earned it. Trust money is no receivable.'
        when 'xero_only'
            then upper(left(the_invoice, 1)) || substr(the_invoice, 2) || ' for ' || contact_name || ' of '
                || coalesce(cast(invoice_date as varchar), 'no date') || ' (' || invoice_status_word || ', total '
                || invoice_total || ', due ' || invoice_due || ') has no bill in Clio.'
                || coalesce(' It may be a bill that is missing in Xero: ' || candidates_in_words || '.', '')
                || coalesce(' It is as much as several that are missing in Xero: ' || together_in_words || '.', '')
                || coalesce(' It may be a part of one that is missing in Xero: ' || parts_in_words || '.', '')
    end as explanation,
    case code
        when 'approved_early_in_xero'
            then 'Ask the responsible lawyer whether the bill is to go out. If it is, approve it in Clio. If it is '
                || 'not: ' || removal
        when 'void_in_clio_live_in_xero' then removal
        when 'number_collision'
            then 'If ' || the_invoice || ' is this bill under another name, say so: tieout link ' || firm_id || ' '
                || bill_id || ' ' || invoice_id || ' --by "YOUR NAME" --reason "same document". If it is not, renumber '
                || 'one of the two: the invoice in Xero if it never came from Clio, else the bill in Clio. Then save '
                || 'the bill in Clio so that it is sent to Xero.'
        when 'bill_vanished'
            then 'Look in Clio, as an administrator, whether the bill was deleted or the connected user lost the right '
                || 'to see it. Touch nothing in Xero before that.'
        when 'duplicate_in_xero'
            then 'Make sure that both are the same bill, and keep ' || repeated_invoice
                || case when repeated_invoice = the_invoice then ', the one that this row does not link to' else '' end
                || '. ' || removal
        when 'trust_request_invoiced'
            then 'If the firm asks for trust money by invoice, keep it out of the comparison with not_from_clio (its '
                || 'number or contact). If it does not: ' || removal
        when 'xero_only'
            then case
                    when invoice_total like '-%' then 'Xero approves no invoice below zero. ' || removal
                    when linking_it is not null
                        then linking_it
                            || '; if it is not, name it as not from Clio. Only if it is a mistake: '
                            || removal
                    when together_in_words is not null
                        then 'Ask whether it stands for several bills: ' || together_in_words || '. If it does, leave '
                            || 'it, and send none of them again; if it does not, name it as not from Clio.'
                    when parts_in_words is not null
                        then 'Ask whether it stands for a part of a bill: ' || parts_in_words || '. If it does, leave '
                            || 'it, and do not send the bill again; if it does not, name it as not from Clio.'
                    else 'Link it to its bill, or name it as not from Clio. Only if it is a mistake: ' || removal
                end
    end as suggested_action,
    candidate,
    changed_at
from findings_with_a_way_back
