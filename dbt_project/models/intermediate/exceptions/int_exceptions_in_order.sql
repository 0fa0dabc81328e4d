-- Tonight's exceptions as people read them, in the one order in which they are worked: what is open before what is not;
-- the clients with the worst trouble and then the most money first; of a client the documents in the same way; and on
-- one document contact, lines, approve, payments, since Xero takes payments on approved invoices only. No two rows
-- share a place.
with

exceptions_with_their_ranks as (

    select
        exceptions.*,
        codes.title,
        codes.work_stage,
        severities.severity_rank,
        statuses.status_rank,
        -- A night that rebuilt a past day may say what no night has remembered.
        coalesce(lives.first_seen_at, exceptions.seen_at) as first_seen_at,
        coalesce(lives.last_seen_at, exceptions.seen_at) as last_seen_at,
        coalesce(lives.nights_seen, 1) as nights_seen
    from {{ ref('int_exceptions_grouped') }} as exceptions
    left join {{ ref('findings') }} as codes
        on exceptions.code = codes.code
    left join {{ ref('severities') }} as severities
        on exceptions.severity = severities.severity
    left join {{ ref('statuses') }} as statuses
        on exceptions.status = statuses.status
    left join {{ ref('int_exception_lives') }} as lives
        on exceptions.firm_id = lives.firm_id and exceptions.exception_id = lives.exception_id

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
    ) as client_rank,
    title,
    firm_id,
    exception_id,
    code,
    severity,
    status,
    subject_key,
    clio_bill_number,
    xero_invoice_number,
    client_name,
    trust_account,
    matter_number,
    amount,
    ar_effect,
    clio_value,
    xero_value,
    explanation,
    suggested_action,
    blocked_by,
    group_id,
    clio_url,
    xero_url,
    first_seen_at,
    last_seen_at,
    nights_seen,
    subject_label,
    document_amount,
    since_date,
    responsible_attorney,
    candidate,
    fingerprint
from exceptions_beside_those_of_their_client
