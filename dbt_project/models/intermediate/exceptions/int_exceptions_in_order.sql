-- Tonight's exceptions in the one order in which they are worked, and what five or more open ones have for a cause said
-- once: the row that says it, and the others pointing to it (with several shared causes to the first by rank). In order
-- stands what is open before what is not; the clients with the worst trouble and then the most money first; of a client
-- the documents in the same way; and on one document contact, lines, approve, payments, since Xero takes payments on
-- approved invoices only. No two rows share a place.
{%- set fingerprint_of_cause = "md5('systemic_cause|' || causes.exception_count)" %}
{%- set enough = 5 %}
with

open_exceptions_of_bills as (

    select
        exceptions.firm_id,
        exceptions.exception_id,
        exceptions.code,
        bills.bill_id,
        bills.issued_date
    from {{ ref('int_exceptions_tonight') }} as exceptions
    inner join {{ ref('int_bills_valued') }} as bills
        on exceptions.firm_id = bills.firm_id and exceptions.subject_key = bills.bill_key
    where exceptions.status = 'open'

),

last_arrivals as (

    select
        documents.firm_id,
        max(bills.issued_date) as last_arrived_date
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    where documents.pairing = 'paired'
    group by documents.firm_id

),

attorney_of_each_bill as (

    -- A bill of several attorneys speaks for none of them.
    select
        links.firm_id,
        links.bill_id,
        max(matters.responsible_attorney_id) as attorney_id,
        max(matters.responsible_attorney_name) as attorney_name
    from {{ ref('stg_clio__bill_matters') }} as links
    inner join {{ ref('stg_clio__matters') }} as matters
        on links.firm_id = matters.firm_id and links.matter_id = matters.matter_id
    group by links.firm_id, links.bill_id
    having count(distinct matters.responsible_attorney_id) = 1

),

stuck_bills as (

    select
        stuck.firm_id,
        stuck.exception_id,
        attorneys.attorney_id,
        attorneys.attorney_name
    from open_exceptions_of_bills as stuck
    left join attorney_of_each_bill as attorneys
        on stuck.firm_id = attorneys.firm_id and stuck.bill_id = attorneys.bill_id
    where stuck.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited')

),

firms_where_one_attorney_is_stuck as (

    select
        firm_id,
        max(attorney_id) as attorney_id
    from stuck_bills
    group by firm_id
    having count(distinct attorney_id) = 1 and count(attorney_id) = count(*)

),

firms_where_others_get_through as (

    select distinct documents.firm_id
    from {{ ref('int_documents_paired') }} as documents
    inner join attorney_of_each_bill as attorneys
        on documents.firm_id = attorneys.firm_id and documents.bill_id = attorneys.bill_id
    inner join firms_where_one_attorney_is_stuck as alone
        on documents.firm_id = alone.firm_id and attorneys.attorney_id <> alone.attorney_id
    where documents.bill_class = 'approved' and documents.invoice_class = 'live'

),

causes_of_each_exception as (

    -- What an open exception may have in common with others, the best cause first.
    select
        missing.firm_id,
        missing.exception_id,
        1 as cause_rank,
        'nothing_arrives' as cause_kind,
        cast(arrivals.last_arrived_date as varchar) as cause_key
    from open_exceptions_of_bills as missing
    inner join last_arrivals as arrivals
        on missing.firm_id = arrivals.firm_id and missing.issued_date > arrivals.last_arrived_date
    where missing.code = 'missing_in_xero'

    union all

    select
        missing.firm_id,
        missing.exception_id,
        2 as cause_rank,
        'period_locked' as cause_kind,
        cast(tonight.locked_until_date as varchar) as cause_key
    from open_exceptions_of_bills as missing
    inner join {{ ref('int_tonight') }} as tonight
        on missing.firm_id = tonight.firm_id and missing.issued_date <= tonight.locked_until_date
    where missing.code = 'missing_in_xero'

    union all

    select
        missing.firm_id,
        missing.exception_id,
        3 as cause_rank,
        'contact_archived' as cause_kind,
        findings.archived_contact as cause_key
    from open_exceptions_of_bills as missing
    inner join {{ ref('int_document_findings') }} as findings
        on missing.firm_id = findings.firm_id and missing.bill_id = findings.bill_id and missing.code = findings.code
    where missing.code = 'missing_in_xero' and findings.archived_contact is not null

    union all

    select
        stuck.firm_id,
        stuck.exception_id,
        4 as cause_rank,
        'account_archived' as cause_kind,
        unnest(drafts.archived_accounts) as cause_key
    from open_exceptions_of_bills as stuck
    inner join {{ ref('int_document_findings') }} as drafts
        on stuck.firm_id = drafts.firm_id and stuck.bill_id = drafts.bill_id and stuck.code = drafts.code
    where stuck.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited')

    union all

    -- Bills stuck in draft that are all one attorney's, where others' bills are approved on both sides: a way of
    -- working, and no fault of the push.
    select
        stuck.firm_id,
        stuck.exception_id,
        5 as cause_rank,
        'one_attorney' as cause_kind,
        coalesce(stuck.attorney_name, stuck.attorney_id) as cause_key
    from stuck_bills as stuck
    inner join firms_where_one_attorney_is_stuck as alone
        on stuck.firm_id = alone.firm_id and stuck.attorney_id = alone.attorney_id
    inner join firms_where_others_get_through as others
        on stuck.firm_id = others.firm_id

),

causes_shared_by_enough as (

    select
        firm_id,
        cause_kind,
        cause_key,
        min(cause_rank) as cause_rank,
        count(distinct exception_id) as exception_count
    from causes_of_each_exception
    group by firm_id, cause_kind, cause_key
    having count(distinct exception_id) >= {{ enough }}

),

systemic_causes as (

    select
        firm_id,
        {{ exception_id('firm_id', "'systemic_cause'", "'firm'", "cause_kind || '|' || cause_key") }} as exception_id,
        cause_kind,
        cause_key,
        cause_rank,
        exception_count,
        case cause_kind
            when 'nothing_arrives'
                then 'No bill issued after ' || cause_key || ' has arrived in Xero: '
                    || exception_count || ' are missing.'
            when 'period_locked'
                then 'The books in Xero are locked until ' || cause_key || ': '
                    || exception_count || ' missing bills are dated in the locked period.'
            when 'contact_archived'
                then 'The contact ' || cause_key || ' is archived in Xero: '
                    || exception_count || ' of its bills are missing.'
            when 'account_archived'
                then 'The account ' || cause_key || ' is archived in Xero: '
                    || exception_count || ' drafts use it and cannot be approved.'
            when 'one_attorney'
                then 'All ' || exception_count || ' bills stuck in draft are of ' || cause_key
                    || ', while bills of other attorneys are approved in Xero.'
        end as explanation,
        case cause_kind
            when
                'nothing_arrives'
                then 'Check that the connection from Clio to Xero is on and authorised. Then see to each bill as its '
                    || 'own row says: some may stand in Xero under another number.'
            when 'period_locked' then 'Ask the firm whether to open the period or to date these bills in an open one.'
            when 'contact_archived'
                then 'Restore the contact in Xero, then see to each bill as its own row says.'
            when
                'account_archived'
                then 'Restore the account in Xero or map its category to another, then see to each draft as its own '
                    || 'row says.'
            when 'one_attorney'
                then 'Ask how this attorney approves bills, and see to each draft as its own row says.'
        end as suggested_action
    from causes_shared_by_enough

),

first_cause_of_each_exception as (

    select
        shared.firm_id,
        shared.exception_id,
        min_by(causes.exception_id, (shared.cause_rank, shared.cause_key)) as group_id
    from causes_of_each_exception as shared
    inner join systemic_causes as causes
        on
            shared.firm_id = causes.firm_id
            and shared.cause_kind = causes.cause_kind
            and shared.cause_key = causes.cause_key
    group by shared.firm_id, shared.exception_id

),

acceptances_in_force as (

    {{ acceptances_in_force() }}

),

exceptions_with_their_cause as (

    select exceptions.* replace (coalesce(exceptions.group_id, causes.group_id) as group_id)
    from {{ ref('int_exceptions_tonight') }} as exceptions
    left join first_cause_of_each_exception as causes
        on exceptions.firm_id = causes.firm_id and exceptions.exception_id = causes.exception_id

    union all by name

    select
        causes.firm_id,
        causes.exception_id,
        'systemic_cause' as code,
        codes.severity,
        case when acceptances.exception_id is null then 'open' else 'accepted' end as status,
        'firm' as subject_key,
        coalesce(tonight.firm_name, 'firm') as subject_label,
        cast(0 as decimal(18, 2)) as amount,
        cast(0 as decimal(18, 2)) as ar_effect,
        causes.exception_count || ' findings' as clio_value,
        causes.explanation,
        causes.suggested_action,
        causes.exception_id as group_id,
        {{ fingerprint_of_cause }} as fingerprint,
        tonight.started_at as seen_at
    from systemic_causes as causes
    inner join {{ ref('int_tonight') }} as tonight
        on causes.firm_id = tonight.firm_id
    inner join {{ ref('findings') }} as codes
        on codes.code = 'systemic_cause'
    left join acceptances_in_force as acceptances
        on
            causes.firm_id = acceptances.firm_id
            and causes.exception_id = acceptances.exception_id
            and case
                when acceptances.fingerprint is not null then acceptances.fingerprint = {{ fingerprint_of_cause }}
                else acceptances.clio_value = causes.exception_count || ' findings'
            end

),

exceptions_with_their_ranks as (

    select
        exceptions.*,
        codes.title,
        codes.work_stage,
        severities.severity_rank,
        statuses.status_rank
    from exceptions_with_their_cause as exceptions
    left join {{ ref('findings') }} as codes
        on exceptions.code = codes.code
    left join {{ ref('severities') }} as severities
        on exceptions.severity = severities.severity
    left join {{ ref('statuses') }} as statuses
        on exceptions.status = statuses.status

),

exceptions_beside_those_of_their_client as (

    select
        *,
        min(severity_rank) over of_the_client as worst_of_client,
        sum(amount) over of_the_client as money_of_client,
        min(severity_rank) over of_the_subject as worst_of_subject,
        sum(amount) over of_the_subject as money_of_subject
    from exceptions_with_their_ranks
    window
        of_the_client as (partition by firm_id, status, client_name),
        of_the_subject as (partition by firm_id, status, subject_key)

)

select
    * exclude (
        work_stage, severity_rank, status_rank, worst_of_client, money_of_client, worst_of_subject, money_of_subject
    ),
    cast(
        row_number() over (
            partition by firm_id
            order by
                status_rank asc, worst_of_client asc, money_of_client desc, client_name asc nulls first,
                worst_of_subject asc, money_of_subject desc, subject_key asc,
                work_stage asc, severity_rank asc, code asc, since_date asc, fingerprint asc, exception_id asc
        ) as integer
    ) as work_rank,
    cast(
        dense_rank() over (
            partition by firm_id
            order by status_rank asc, worst_of_client asc, money_of_client desc, client_name asc nulls first
        ) as integer
    ) as client_rank
from exceptions_beside_those_of_their_client
