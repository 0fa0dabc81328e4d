-- What is wrong with a document as a whole, as facts: approved bills that Xero lacks or has void or as a draft, and
-- what else stands in one system without its like in the other. The two documents of a collision are one row. A draft
-- is ready where it needs no edit, that is number, contact, dates, currency, net, tax and every line agree, wording
-- too, and nothing forbids to approve it; a credit note is compared by hand.
with

outcomes as (

    select
        firm_id,
        outcome,
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
            'missing_in_xero', 'credit_note_missing', 'void_in_xero_live_in_clio', 'stuck_in_draft',
            'approved_early_in_xero', 'void_in_clio_live_in_xero', 'bill_vanished', 'number_collision',
            'duplicate_in_xero', 'trust_request_invoiced', 'xero_only'
        )

),

documents_at_odds as (

    select
        firm_id,
        outcome,
        bill_id,
        invoice_id,
        max(repeated_invoice_id) as repeated_invoice_id,
        max(request_id) as request_id,
        cast(sum(ar_difference_amount) as decimal(18, 2)) as ar_effect_amount,
        max(changed_at) as changed_at
    from outcomes
    group by firm_id, outcome, bill_id, invoice_id

),

drafts_compared as (

    -- Interest is left out of the nets on both sides.
    select
        drafts.firm_id,
        drafts.bill_id,
        drafts.outcome,
        compared.clio_due_date,
        compared.xero_due_date,
        compared.clio_net_amount,
        compared.xero_net_amount,
        compared.clio_tax_amount,
        compared.xero_tax_amount,
        list_filter(
            [
                case when not compared.contact_agrees then 'contact' end,
                case when not compared.number_agrees then 'number' end,
                case when bills.issued_date is distinct from invoices.issued_date then 'issue date' end,
                case when compared.clio_due_date is distinct from compared.xero_due_date then 'due date' end,
                case when not compared.currency_agrees then 'currency' end,
                case when compared.clio_net_amount <> compared.xero_net_amount then 'net' end,
                case when compared.clio_tax_amount <> compared.xero_tax_amount then 'tax' end
            ],
            lambda part: part is not null
        ) as parts_to_edit
    from documents_at_odds as drafts
    inner join {{ ref('int_pairs_compared') }} as compared
        on drafts.firm_id = compared.firm_id and drafts.bill_id = compared.bill_id
    inner join {{ ref('int_bills_valued') }} as bills
        on drafts.firm_id = bills.firm_id and drafts.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on drafts.firm_id = invoices.firm_id and drafts.invoice_id = invoices.invoice_id
    where drafts.outcome = 'stuck_in_draft'

),

obstacles_of_each_bill as (

    select
        firm_id,
        bill_id,
        outcome,
        bool_or(forbids_ready) as forbids_ready,
        max(case when obstacle = 'contact_archived' then contact_name end) as archived_contact,
        list(account order by account) filter (where account is not null) as archived_accounts
    from {{ ref('int_obstacles') }}
    group by firm_id, bill_id, outcome

),

negative_drafts as (

    select
        documents.firm_id,
        documents.negative_bill_id as bill_id,
        'credit_note_missing' as outcome,
        list(drafts.invoice_id order by drafts.invoice_number, drafts.invoice_id) as negative_draft_ids
    from {{ ref('int_documents_open') }} as documents
    inner join {{ ref('int_invoices_valued') }} as drafts
        on documents.firm_id = drafts.firm_id and documents.invoice_id = drafts.invoice_id
    where documents.negative_bill_id is not null
    group by documents.firm_id, documents.negative_bill_id

)

select
    documents.firm_id,
    documents.outcome,
    -- Whether its lines need an edit, the lines tell (int_line_edits).
    coalesce(len(compared.parts_to_edit), 0) = 0 and not coalesce(obstacles.forbids_ready, false)
        as is_ready_but_for_its_lines,
    case
        when documents.outcome = 'void_in_clio_live_in_xero' and invoices.invoice_class = 'draft' then 'medium'
        when documents.outcome = 'xero_only' and invoices.invoice_class = 'draft' then 'low'
    end as severity,
    documents.bill_id,
    documents.invoice_id,
    documents.repeated_invoice_id,
    documents.request_id,
    documents.ar_effect_amount,
    documents.changed_at,
    -- On which side candidates are named, where the other system may have the document all the same.
    case
        when documents.outcome in ('missing_in_xero', 'void_in_xero_live_in_clio') then 'bill'
        when documents.outcome = 'credit_note_missing' then 'negative bill'
        when documents.outcome = 'xero_only' then 'invoice'
    end as named_on,
    drafts.negative_draft_ids,
    compared.parts_to_edit,
    compared.clio_due_date,
    compared.xero_due_date,
    compared.clio_net_amount,
    compared.xero_net_amount,
    compared.clio_tax_amount,
    compared.xero_tax_amount,
    obstacles.archived_contact,
    obstacles.archived_accounts
from documents_at_odds as documents
left join {{ ref('int_invoices_valued') }} as invoices
    on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
left join drafts_compared as compared
    on
        documents.firm_id = compared.firm_id
        and documents.bill_id = compared.bill_id
        and documents.outcome = compared.outcome
left join obstacles_of_each_bill as obstacles
    on
        documents.firm_id = obstacles.firm_id
        and documents.bill_id = obstacles.bill_id
        and documents.outcome = obstacles.outcome
left join negative_drafts as drafts
    on
        documents.firm_id = drafts.firm_id
        and documents.bill_id = drafts.bill_id
        and documents.outcome = drafts.outcome
