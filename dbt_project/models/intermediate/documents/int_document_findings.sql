-- What is wrong with a document as a whole, in figures and with all that its sentence names: one row per document with
-- a code, and one per extra invoice of a pair. The two documents of a collision are one finding. An invoice for trust
-- money stands by its request, which is no bill.
with

documents_with_a_code as (

    select
        classified.firm_id,
        -- A draft is ready where it needs no edit and nothing forbids to approve it.
        case
            when classified.outcome <> 'stuck_in_draft' then classified.outcome
            when edits.bill_id is null and not coalesce(obstacles.forbids_ready, false) then 'stuck_in_draft_ready'
            else 'stuck_in_draft_edited'
        end as code,
        coalesce(open_documents.colliding_bill_id, duplicates.bill_id, documents.bill_id) as bill_id,
        coalesce(open_documents.colliding_invoice_id, documents.invoice_id) as invoice_id,
        documents.invoice_class,
        documents.pairing,
        duplicates.repeated_invoice_id,
        requests.request_id,
        documents.ar_difference_amount,
        documents.changed_at
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_documents_paired') }} as documents
        on classified.firm_id = documents.firm_id and classified.bill_key = documents.bill_key
    left join {{ ref('int_draft_edits') }} as edits
        on documents.firm_id = edits.firm_id and documents.bill_id = edits.bill_id
    left join {{ ref('int_draft_obstacles') }} as obstacles
        on documents.firm_id = obstacles.firm_id and documents.bill_id = obstacles.bill_id
    left join {{ ref('int_documents_open') }} as open_documents
        on
            classified.firm_id = open_documents.firm_id
            and classified.outcome = 'number_collision'
            and classified.bill_key = open_documents.bill_key
    left join {{ ref('int_trust_requests_invoiced') }} as requests
        on
            classified.firm_id = requests.firm_id
            and classified.outcome = 'trust_request_invoiced'
            and documents.invoice_id = requests.invoice_id
    left join {{ ref('int_duplicates') }} as duplicates
        on
            classified.firm_id = duplicates.firm_id
            and classified.outcome = 'duplicate_in_xero'
            and documents.invoice_id = duplicates.invoice_id
    where classified.outcome not in ('compare', 'no_exception', 'before_start_date', 'not_from_clio')

),

findings as (

    select
        firm_id,
        code,
        bill_id,
        invoice_id,
        case
            when code = 'void_in_clio_live_in_xero' and max(invoice_class) = 'draft' then 'medium'
            when code = 'xero_only' and max(invoice_class) = 'draft' then 'low'
        end as severity,
        case
            when max(request_id) is not null then {{ subject_key('clio', 'max(request_id)') }}
            when bill_id is null then {{ subject_key('xero', 'invoice_id') }}
            else {{ subject_key('clio', 'bill_id') }}
        end as subject_key,
        code || '|' || coalesce({{ subject_key('clio', 'bill_id') }}, '')
        || coalesce('|' || {{ subject_key('xero', 'invoice_id') }}, '') as finding_key,
        case
            when code in ('duplicate_in_xero', 'number_collision', 'trust_request_invoiced') then invoice_id
        end as detail_key,
        max(repeated_invoice_id) as repeated_invoice_id,
        max(request_id) as request_id,
        cast(sum(ar_difference_amount) as decimal(18, 2)) as ar_effect_amount,
        max(changed_at) as changed_at
    from documents_with_a_code
    group by firm_id, code, bill_id, invoice_id

),

negative_drafts_of_each_bill as (

    select
        documents.firm_id,
        documents.negative_bill_id as bill_id,
        string_agg(
            drafts.the_invoice || ' (' || drafts.total || ')', ', '
            order by drafts.the_invoice, drafts.invoice_id
        ) as drafts,
        string_agg(
            coalesce(drafts.invoice_number, 'without a number') || ' (' || drafts.invoice_id || ')', ', '
            order by drafts.invoice_number, drafts.invoice_id
        ) as candidate
    from {{ ref('int_documents_open') }} as documents
    inner join {{ ref('int_invoices_in_words') }} as drafts
        on documents.firm_id = drafts.firm_id and documents.invoice_id = drafts.invoice_id
    where documents.negative_bill_id is not null
    group by documents.firm_id, documents.negative_bill_id

),

-- The likely causes of each missing bill and their cures, each in one sentence; the same words only once.
{% for words in ['cause', 'cure'] %}
    {{ words }}s_of_each_bill as (

        select
            firm_id,
            bill_id,
            {{ listed(
                'list(' ~ words ~ ' order by cause_order, ' ~ words ~ ')', '; ' if words == 'cause' else '. ', 400
            ) }}
                as {{ words }}s
        from (
            select
                firm_id,
                bill_id,
                {{ words }},
                min(cause_order) as cause_order
            from {{ ref('int_missing_causes') }}
            group by firm_id, bill_id, {{ words }}
        ) as {{ words }}s_once
        group by firm_id, bill_id

    ){{ "," if not loop.last }}
{% endfor %}

select
    findings.*,
    'Bill ' || coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')')
    || coalesce(' for ' || bills.client_name, '') as the_bill,
    coalesce(bills.bill_number, bills.bill_id) as bill_number,
    bills.payable_amount,
    bills.paid_amount <> 0 as is_bill_paid,
    bills.vanished_at,
    replace(bills.bill_state, '_', ' ') as bill_state,
    {{ money_text('bills.payable_amount') }} as bill_total,
    {{ money_text('bills.balance_amount') }} as bill_balance,
    bills.issued_date as bill_date,
    ' It has been stuck for ' || date_diff('day', bills.issued_date, tonight.loaded_date) || ' days, since '
    || bills.issued_date || '.' as days_stuck,
    invoices.the_invoice,
    invoices.document_kind,
    invoices.contact_name,
    invoices.invoice_class,
    invoices.invoice_status,
    invoices.status as invoice_status_word,
    invoices.status_said as invoice_status_said,
    invoices.total as invoice_total,
    invoices.due as invoice_due,
    invoices.has_money,
    invoices.money_on_it,
    invoices.removal,
    invoices.issued_date as invoice_date,
    repeated.the_invoice as repeated_invoice,
    repeated.status as repeated_status,
    edits.edits,
    obstacles.obstacles,
    obstacles.steps,
    causes.causes,
    cures.cures,
    negative_drafts.drafts as negative_drafts,
    negative_drafts.candidate as negative_candidate,
    candidates.candidate_count,
    candidates.candidates_in_words,
    candidates.candidate,
    candidates.link_command,
    together.candidates_in_words as together_in_words,
    together.candidate as together_candidate,
    parts.candidates_in_words as parts_in_words,
    parts.candidate as parts_candidate,
    requests.request_number,
    requests.client_name as request_client_name,
    requests.issued_date as request_date,
    requests.payable_amount as request_amount,
    requests.paid_amount as request_paid_amount
from findings
inner join {{ ref('int_tonight') }} as tonight
    on findings.firm_id = tonight.firm_id
left join {{ ref('int_bills_valued') }} as bills
    on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
left join {{ ref('int_invoices_in_words') }} as invoices
    on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
left join {{ ref('int_invoices_in_words') }} as repeated
    on findings.firm_id = repeated.firm_id and findings.repeated_invoice_id = repeated.invoice_id
left join {{ ref('int_draft_edits') }} as edits
    on findings.firm_id = edits.firm_id and findings.bill_id = edits.bill_id
left join {{ ref('int_draft_obstacles') }} as obstacles
    on findings.firm_id = obstacles.firm_id and findings.bill_id = obstacles.bill_id
left join causes_of_each_bill as causes
    on findings.firm_id = causes.firm_id and findings.bill_id = causes.bill_id
left join cures_of_each_bill as cures
    on findings.firm_id = cures.firm_id and findings.bill_id = cures.bill_id
left join negative_drafts_of_each_bill as negative_drafts
    on findings.firm_id = negative_drafts.firm_id and findings.bill_id = negative_drafts.bill_id
left join {{ ref('int_candidate_lists') }} as candidates
    on
        findings.firm_id = candidates.firm_id
        and candidates.named_on
        = case
            when findings.code = 'xero_only' then 'invoice'
            when findings.code in ('missing_in_xero', 'void_in_xero_live_in_clio') then 'bill'
            when findings.code = 'credit_note_missing' then 'bill below zero'
        end
        and candidates.document_id
        = case when findings.code = 'xero_only' then findings.invoice_id else findings.bill_id end
left join {{ ref('int_candidate_lists') }} as together
    on
        findings.firm_id = together.firm_id
        and together.named_on
        = case findings.code
            when 'missing_in_xero' then 'bill among others' when 'xero_only' then 'invoice of several'
        end
        and together.document_id
        = case findings.code when 'xero_only' then findings.invoice_id else findings.bill_id end
        and candidates.document_id is null
left join {{ ref('int_candidate_lists') }} as parts
    on
        findings.firm_id = parts.firm_id
        and parts.named_on
        = case findings.code
            when 'missing_in_xero' then 'bill of several' when 'xero_only' then 'invoice among others'
        end
        and parts.document_id
        = case findings.code when 'xero_only' then findings.invoice_id else findings.bill_id end
        and candidates.document_id is null
        and together.document_id is null
left join {{ ref('int_trust_requests_invoiced') }} as requests
    on findings.firm_id = requests.firm_id and findings.request_id = requests.request_id
