-- Everything found tonight, in one shape: each model that judges hands over, by name, what it knows. What it leaves
-- empty is read off the finding's own documents, its severity off its code; from here on a finding carries its client,
-- matter, attorney, numbers, day and label, and nothing is looked up again. Beside it, who it is (its id), what exactly
-- it says (its fingerprint), and whether its documents changed just now.
{%- set sections_of_pairs = ['int_content_findings', 'int_payment_findings'] %}
{%- set sections_in_own_currency = ['int_document_findings', 'int_payment_findings', 'int_trust_findings'] %}
{%- set shape = {
    'firm_id': 'varchar', 'code': 'varchar', 'severity': 'varchar', 'finding_key': 'varchar',
    'subject_key': 'varchar', 'subject_label': 'varchar', 'detail_key': 'varchar', 'bill_id': 'varchar',
    'invoice_id': 'varchar', 'matter_id': 'varchar', 'client_name': 'varchar', 'matter_number': 'varchar',
    'trust_account': 'varchar', 'clio_value': 'varchar', 'xero_value': 'varchar', 'explanation': 'varchar',
    'suggested_action': 'varchar', 'candidate': 'varchar', 'blocked_by': 'varchar', 'group_id': 'varchar',
    'difference': 'varchar', 'also_says': 'varchar', 'clio_url': 'varchar', 'xero_url': 'varchar',
    'amount': 'decimal(18, 2)', 'ar_effect_amount': 'decimal(18, 2)', 'document_amount': 'decimal(18, 2)',
    'since_date': 'date', 'changed_at': 'timestamp',
} %}
with

the_shape_of_a_finding as (

    select {{ empty_columns(shape) }}

),

findings_of_pairs as (

    select * from the_shape_of_a_finding where false
    {% for section in sections_of_pairs %}
        union all by name
        select * from {{ ref(section) }}
        {{ 'where is_in_document_currency' if section == 'int_payment_findings' }}
    {%- endfor %}

),

effects_of_each_bill as (

    select
        firm_id,
        bill_id,
        sum(ar_effect_amount) as ar_effect_amount
    from findings_of_pairs
    group by firm_id, bill_id

),

what_is_left_of_each_document as (

    -- The check on ourselves: what its findings leave of the difference between its receivables. A document with a
    -- finding of its own is explained by it, whole.
    select
        documents.*,
        cast(documents.document_ar_difference_amount - coalesce(effects.ar_effect_amount, 0) as decimal(18, 2))
            as remainder_amount
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_documents_classified') }} as classified
        on documents.firm_id = classified.firm_id and documents.bill_key = classified.bill_key
    left join effects_of_each_bill as effects
        on documents.firm_id = effects.firm_id and documents.bill_id = effects.bill_id
    where classified.outcome in ('compare', 'no_exception')

),

findings_in_document_currency as (

    -- Findings about the contents and payments of a pair come in the currency of the two documents. So does what they
    -- leave unexplained: nothing ever should be, and what is, is published like any other finding.
    select * from findings_of_pairs

    union all by name

    select
        firm_id,
        'unexplained' as code,
        'unexplained|' || bill_key as finding_key,
        bill_key as subject_key,
        bill_id,
        invoice_id,
        cast(abs(remainder_amount) as decimal(18, 2)) as amount,
        remainder_amount as ar_effect_amount,
        {{ money_text('clio_ar_amount') }} || ' receivable' as clio_value,
        {{ money_text('xero_ar_amount') }} || ' receivable' as xero_value,
        coalesce('Bill ' || bill_number, 'Invoice ' || invoice_number, 'A document without a number') || ' for '
        || coalesce(client_name, 'no client') || ' adds ' || {{ money_text('clio_ar_amount') }}
        || ' to receivables in Clio and ' || {{ money_text('xero_ar_amount') }} || ' in Xero. Of the difference, '
        || {{ money_text('remainder_amount') }} || ' is explained by nothing that was found.' as explanation,
        'Compare the two documents by hand, and report this: the rules have a hole here.' as suggested_action,
        changed_at
    from what_is_left_of_each_document
    where remainder_amount <> 0

),

findings_converted as (

    select
        findings.*,
        documents.effect_rate,
        documents.ar_difference_amount,
        documents.document_ar_difference_amount,
        cast({{ in_own_currency('findings.amount', 'documents.effect_rate') }} as decimal(18, 2)) as own_amount,
        cast({{ in_own_currency('findings.ar_effect_amount', 'documents.effect_rate') }} as decimal(18, 2))
            as own_effect_amount
    from findings_in_document_currency as findings
    left join {{ ref('int_documents_paired') }} as documents
        on
            findings.firm_id = documents.firm_id
            and documents.bill_key = coalesce(
                {{ subject_key('clio', 'findings.bill_id') }}, {{ subject_key('xero', 'findings.invoice_id') }}
            )

),

findings_beside_those_of_their_document as (

    select
        *,
        sum(ar_effect_amount) over of_the_document as explained_amount,
        sum(own_effect_amount) over of_the_document as own_explained_amount,
        row_number() over (
            partition by firm_id, bill_id, invoice_id order by abs(ar_effect_amount) desc, finding_key
        ) as size_rank
    from findings_converted
    window of_the_document as (partition by firm_id, bill_id, invoice_id)

),

findings_made_whole as (

    -- What is lost by rounding each by itself goes with the largest, so that the findings of a document come to the
    -- difference of its receivables to the cent.
    select
        *,
        cast(
            own_effect_amount + case
                when size_rank = 1 and ar_effect_amount <> 0 and explained_amount = document_ar_difference_amount
                    then ar_difference_amount - own_explained_amount
                else 0
            end
            as decimal(18, 2)
        ) as whole_effect_amount
    from findings_beside_those_of_their_document

),

findings_in_own_currency as (

    select
        * exclude (
            effect_rate, ar_difference_amount, document_ar_difference_amount, own_amount, own_effect_amount,
            explained_amount, own_explained_amount, size_rank, whole_effect_amount
        )
        replace (
            whole_effect_amount as ar_effect_amount,
            case when amount = abs(ar_effect_amount) then abs(whole_effect_amount) else own_amount end as amount
        )
    from findings_made_whole

),

everything_found as (

    select * from findings_in_own_currency
    {% for section in sections_in_own_currency %}
        union all by name
        select * from {{ ref(section) }}
        {{ 'where not is_in_document_currency' if section == 'int_payment_findings' }}
    {%- endfor %}

),

matters_of_each_bill as (

    -- A bill of several matters names them all.
    select
        links.firm_id,
        links.bill_id,
        string_agg(
            distinct coalesce(matters.matter_number, links.matter_number, links.matter_id), ', '
            order by coalesce(matters.matter_number, links.matter_number, links.matter_id)
        ) as matter_number,
        string_agg(
            distinct matters.responsible_attorney_name, ', ' order by matters.responsible_attorney_name
        ) as responsible_attorney
    from {{ ref('stg_clio__bill_matters') }} as links
    left join {{ ref('stg_clio__matters') }} as matters
        on links.firm_id = matters.firm_id and links.matter_id = matters.matter_id
    group by links.firm_id, links.bill_id

),

findings_introduced as (

    select
        found.firm_id,
        {{ exception_id('found.firm_id', 'found.code', 'found.subject_key', 'found.detail_key') }} as exception_id,
        found.code,
        coalesce(found.severity, codes.severity) as severity,
        found.finding_key,
        found.subject_key,
        coalesce(
            found.subject_label,
            bills.bill_number,
            case when found.bill_id is null then invoices.invoice_number end,
            found.trust_account,
            case when found.subject_key = 'firm' then tonight.firm_name end,
            found.subject_key
        ) as subject_label,
        found.detail_key,
        found.bill_id,
        found.invoice_id,
        bills.bill_number as clio_bill_number,
        invoices.invoice_number as xero_invoice_number,
        coalesce(
            found.client_name,
            clients.client_name,
            bills.client_name,
            case when bills.bill_id is null then invoices.contact_name end
        ) as client_name,
        coalesce(found.matter_number, matters_of_bills.matter_number) as matter_number,
        coalesce(matters.responsible_attorney_name, matters_of_bills.responsible_attorney) as responsible_attorney,
        found.trust_account,
        found.amount,
        found.ar_effect_amount,
        coalesce(found.document_amount, bills.payable_amount, invoices.total_amount) as document_amount,
        coalesce(found.since_date, bills.issued_date, invoices.issued_date) as since_date,
        found.clio_value,
        found.xero_value,
        found.explanation,
        found.suggested_action,
        found.candidate,
        found.difference,
        found.also_says,
        found.blocked_by,
        found.group_id,
        coalesce({{ clio_url('tonight.clio_web_url', 'found.bill_id') }}, found.clio_url) as clio_url,
        coalesce({{ xero_url('tonight.xero_short_code', 'found.invoice_id') }}, found.xero_url) as xero_url,
        coalesce(
            found.changed_at >= tonight.in_flight_since_at and found.changed_at <= tonight.latest_change_at, false
        ) as is_just_changed,
        tonight.started_at as seen_at
    from everything_found as found
    inner join {{ ref('int_tonight') }} as tonight
        on found.firm_id = tonight.firm_id
    left join {{ ref('findings') }} as codes
        on found.code = codes.code
    left join {{ ref('stg_clio__bills') }} as bills
        on found.firm_id = bills.firm_id and found.bill_id = bills.bill_id
    left join {{ ref('int_clio_clients') }} as clients
        on bills.firm_id = clients.firm_id and bills.client_id = clients.client_id
    left join matters_of_each_bill as matters_of_bills
        on bills.firm_id = matters_of_bills.firm_id and bills.bill_id = matters_of_bills.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on found.firm_id = invoices.firm_id and found.invoice_id = invoices.invoice_id
    left join {{ ref('stg_clio__matters') }} as matters
        on found.firm_id = matters.firm_id and found.matter_id = matters.matter_id

),

findings_with_what_they_say as (

    -- What a person sees and answers: code, amount, effect, values, the lines that are listed, and whether an overdrawn
    -- ledger has recovered. What passes by itself (nights, ages, names) is no part of it. A total that differs from
    -- another is known by the difference: the two totals move with every ordinary bill.
    select
        findings.*,
        case
            when findings.difference is not null then findings.difference
            when findings.code in ('trust_unexplained', 'unexplained')
                then concat_ws('|', findings.amount, findings.ar_effect_amount)
            else
                concat_ws(
                    '|',
                    findings.amount,
                    findings.ar_effect_amount,
                    coalesce(findings.clio_value, ''),
                    coalesce(findings.xero_value, ''),
                    findings.also_says
                )
        end as what_it_says
    from findings_introduced as findings

)

select
    * exclude (what_it_says, difference, also_says),
    md5(concat_ws('|', code, what_it_says)) as fingerprint
from findings_with_what_they_say
