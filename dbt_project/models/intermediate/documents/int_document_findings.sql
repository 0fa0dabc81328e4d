-- What is wrong with a document as a whole, in a bookkeeper's words. What is found is decided before; here it gets its
-- names and numbers, and the templates in macros/words/documents_*.sql say it.
with

obstacles_in_words as (

    select
        obstacles.firm_id,
        obstacles.bill_id,
        obstacles.outcome,
        obstacles.obstacle_rank,
        {{ obstacle_in_words('obstacles', 'bills', 'drafts', 'others', 'firms') }} as obstacle,
        {{ obstacle_removed('obstacles', 'bills', 'drafts', 'others', 'firms') }} as step
    from {{ ref('int_obstacles') }} as obstacles
    inner join {{ ref('int_tonight') }} as firms
        on obstacles.firm_id = firms.firm_id
    inner join {{ ref('int_documents_at_odds') }} as documents
        on
            obstacles.firm_id = documents.firm_id
            and obstacles.bill_id = documents.bill_id
            and obstacles.outcome = documents.outcome
    inner join {{ ref('int_bills_valued') }} as bills
        on obstacles.firm_id = bills.firm_id and obstacles.bill_id = bills.bill_id
    left join {{ ref('int_invoices_valued') }} as drafts
        on documents.firm_id = drafts.firm_id and documents.invoice_id = drafts.invoice_id
    left join {{ ref('int_invoices_valued') }} as others
        on obstacles.firm_id = others.firm_id and obstacles.other_invoice_id = others.invoice_id

),

obstacles_once as (

    -- The same words only once.
    select
        firm_id,
        bill_id,
        outcome,
        said_of,
        said,
        min(obstacle_rank) as obstacle_rank
    from (
        select
            *,
            unnest(['obstacle', 'step']) as said_of,
            unnest([obstacle, step]) as said
        from obstacles_in_words
    ) as each_with_its_step
    group by firm_id, bill_id, outcome, said_of, said

),

obstacles_of_each_bill as (

    select
        firm_id,
        bill_id,
        outcome,
        list(said order by obstacle_rank, said) filter (where said_of = 'obstacle') as obstacles,
        list(said order by obstacle_rank, said) filter (where said_of = 'step') as steps
    from obstacles_once
    group by firm_id, bill_id, outcome

),

parts_of_candidates as (

    select
        *,
        unnest(part_ids) as part_id,
        generate_subscripts(part_ids, 1) as part_order
    from {{ ref('int_candidates') }}
    where part_ids is not null

),

names_of_parts as (

    select
        parts.firm_id,
        parts.named_on,
        parts.document_id,
        parts.other_id,
        list(
            parts.named_on || ' ' || coalesce(bills.bill_number, invoices.invoice_number, 'without a number')
            order by parts.part_order
        ) as names
    from parts_of_candidates as parts
    left join {{ ref('int_bills_valued') }} as bills
        on parts.firm_id = bills.firm_id and parts.part_id = bills.bill_id and parts.named_on = 'bill'
    left join {{ ref('int_invoices_valued') }} as invoices
        on
            parts.firm_id = invoices.firm_id
            and parts.part_id = invoices.invoice_id
            and parts.named_on = 'invoice'
    group by parts.firm_id, parts.named_on, parts.document_id, parts.other_id

),

candidates_in_words as (

    select
        candidates.*,
        {{ candidate_in_words('candidates', 'bills', 'invoices', 'notes') }}
        || coalesce({{ beside_its_like('candidates', 'parts.names') }}, '') as candidate_in_words,
        {{ number_and_id(
            'coalesce(invoices.invoice_number, bills.bill_number, notes.invoice_number)', 'candidates.other_id'
        ) }} as candidate
    from {{ ref('int_candidates') }} as candidates
    left join {{ ref('int_bills_valued') }} as bills
        on
            candidates.firm_id = bills.firm_id
            and candidates.other_id = bills.bill_id
            and candidates.named_on = 'invoice'
    left join {{ ref('int_invoices_valued') }} as invoices
        on
            candidates.firm_id = invoices.firm_id
            and candidates.other_id = invoices.invoice_id
            and candidates.named_on = 'bill'
    left join {{ ref('int_credit_notes') }} as notes
        on
            candidates.firm_id = notes.firm_id
            and candidates.other_id = notes.invoice_id
            and candidates.named_on = 'negative bill'
    left join names_of_parts as parts
        on
            candidates.firm_id = parts.firm_id
            and candidates.named_on = parts.named_on
            and candidates.document_id = parts.document_id
            and candidates.other_id = parts.other_id

),

candidates_of_each_document as (

    select
        firm_id,
        named_on,
        document_id,
        way,
        max(candidate_count) as candidate_count,
        max(other_id) as other_id,
        {{ candidates_listed('candidate_in_words', ';') }} as candidates_in_words,
        {{ candidates_listed('candidate', ',') }} as candidate
    from candidates_in_words
    group by firm_id, named_on, document_id, way

),

negative_drafts_of_each_bill as (

    select
        documents.firm_id,
        documents.bill_id,
        documents.outcome,
        string_agg(
            {{ invoice_in_words('drafts') }} || ' (' || {{ money_text('drafts.total_amount') }} || ')', ', '
            order by {{ invoice_in_words('drafts') }}, drafts.invoice_id
        ) as negative_drafts,
        string_agg(
            coalesce(drafts.invoice_number, 'without a number') || ' (' || drafts.invoice_id || ')', ', '
            order by drafts.invoice_number, drafts.invoice_id
        ) as candidate
    from (
        select
            *,
            unnest(negative_draft_ids) as draft_id
        from {{ ref('int_documents_at_odds') }}
    ) as documents
    inner join {{ ref('int_invoices_valued') }} as drafts
        on documents.firm_id = drafts.firm_id and documents.draft_id = drafts.invoice_id
    group by documents.firm_id, documents.bill_id, documents.outcome

),

line_edits_of_each_draft as (

    select
        lines.firm_id,
        lines.bill_id,
        drafts.outcome,
        list(lines.edit order by lines.edit_order) as line_edits
    from {{ ref('int_line_edits') }} as lines
    inner join {{ ref('int_documents_at_odds') }} as drafts
        on
            lines.firm_id = drafts.firm_id
            and lines.bill_id = drafts.bill_id
            and drafts.outcome = 'stuck_in_draft'
    group by lines.firm_id, lines.bill_id, drafts.outcome

),

findings_with_what_they_name as (

    select
        documents.*,
        case
            when documents.outcome <> 'stuck_in_draft' then documents.outcome
            when documents.is_ready_but_for_its_lines and lines.bill_id is null then 'stuck_in_draft_ready'
            else 'stuck_in_draft_edited'
        end as code,
        firms.loaded_date,
        firms.locked_until_date,
        bills.bill_number,
        bills.client_name,
        bills.issued_date as bill_date,
        bills.payable_amount,
        bills.paid_amount as bill_paid_amount,
        bills.vanished_at,
        {{ bill_in_words('bills') }} as the_bill,
        {{ bill_standing('bills') }} as bill_standing,
        {{ status_in_words('bills.bill_state', 'said') }} as bill_state_said,
        {{ money_text('bills.payable_amount') }} as bill_total,
        {{ money_text('bills.balance_amount') }} as bill_balance,
        invoices.invoice_class,
        invoices.document_kind,
        invoices.invoice_number,
        invoices.issued_date as invoice_date,
        invoices.total_amount as invoice_total_amount,
        invoices.contact_name as xero_contact_name,
        coalesce(invoices.contact_name, 'no contact') as contact_name,
        invoices.currency_code as xero_currency_code,
        bills.currency_code as clio_currency_code,
        {{ invoice_in_words('invoices') }} as the_invoice,
        {{ invoice_standing('invoices') }} as invoice_standing,
        {{ status_in_words('invoices.invoice_status') }} as invoice_status_word,
        {{ status_in_words('invoices.invoice_status', 'said') }} as invoice_status_said,
        {{ money_text('invoices.total_amount') }} as invoice_total,
        {{ money_text('invoices.due_amount') }} as invoice_due,
        {{ money_on_an_invoice('invoices') }} as money_on_it,
        {{ invoice_in_words('repeated') }} as repeated_invoice,
        {{ status_in_words('repeated.invoice_status') }} as repeated_status,
        requests.bill_number as request_number,
        coalesce(clients.client_name, requests.client_name) as request_client_name,
        requests.issued_date as request_date,
        requests.payable_amount as request_amount,
        requests.paid_amount as request_paid_amount,
        obstacles.obstacles,
        obstacles.steps,
        lines.line_edits,
        drafts.negative_drafts,
        case candidates.way when 'one by one' then candidates.candidates_in_words end as one_by_one,
        case candidates.way when 'together' then candidates.candidates_in_words end as together,
        case candidates.way when 'in parts' then candidates.candidates_in_words end as in_parts,
        case candidates.way when 'credit note' then candidates.candidates_in_words end as credit_notes,
        {{ linking_a_candidate('candidates') }} as linking_it,
        coalesce(candidates.candidate, drafts.candidate) as candidate
    from {{ ref('int_documents_at_odds') }} as documents
    inner join {{ ref('int_tonight') }} as firms
        on documents.firm_id = firms.firm_id
    left join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    left join {{ ref('int_invoices_valued') }} as repeated
        on documents.firm_id = repeated.firm_id and documents.repeated_invoice_id = repeated.invoice_id
    left join {{ ref('stg_clio__bills') }} as requests
        on documents.firm_id = requests.firm_id and documents.request_id = requests.bill_id
    left join {{ ref('int_clio_clients') }} as clients
        on requests.firm_id = clients.firm_id and requests.client_id = clients.client_id
    left join candidates_of_each_document as candidates
        on
            documents.firm_id = candidates.firm_id
            and documents.named_on = candidates.named_on
            and candidates.document_id
            = case documents.named_on when 'invoice' then documents.invoice_id else documents.bill_id end
    {%- for known, its in [
        ('obstacles_of_each_bill', 'obstacles'),
        ('line_edits_of_each_draft', 'lines'),
        ('negative_drafts_of_each_bill', 'drafts'),
    ] %}
        left join {{ known }} as {{ its }}
            on
                documents.firm_id = {{ its }}.firm_id
                and documents.bill_id = {{ its }}.bill_id
                and documents.outcome = {{ its }}.outcome
    {%- endfor %}

),

findings_with_their_steps as (

    select
        *,
        {{ edits_of_the_draft() }} as edits,
        {{ sending_it_again() }} as sending_it,
        {{ removing_the_invoice() }} as removal
    from findings_with_what_they_name

)

select
    firm_id,
    code,
    severity,
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
    coalesce(
        {{ missing_bill_explained() }}, {{ draft_explained() }}, {{ one_sided_document_explained() }}
    ) as explanation,
    coalesce({{ missing_bill_action() }}, {{ draft_action() }}, {{ one_sided_document_action() }}) as suggested_action,
    md5(nullif(array_to_string(edits, '|'), '')) as also_says,
    candidate,
    archived_contact,
    archived_accounts,
    changed_at
from findings_with_their_steps
