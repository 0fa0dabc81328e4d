-- Tonight's exceptions, and what five or more open ones have for a cause said once: the row that says it, and the
-- others pointing to it. An exception with several shared causes points to the first by rank.
{%- set fingerprint_of_cause = "md5('systemic_cause|' || causes.exception_count)" %}
{%- set enough = 5 %}
with

causes_shared_by_enough as (

    select
        firm_id,
        cause_kind,
        cause_key,
        min(cause_rank) as cause_rank,
        count(distinct exception_id) as exception_count
    from {{ ref('int_causes_shared') }}
    group by firm_id, cause_kind, cause_key
    having count(distinct exception_id) >= {{ enough }}

),

causes_keyed as (

    select
        *,
        cause_kind || '|' || cause_key as detail_key
    from causes_shared_by_enough

),

systemic_causes as (

    select
        firm_id,
        {{ exception_id('firm_id', "'systemic_cause'", "'firm'", 'detail_key') }} as exception_id,
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
    from causes_keyed

),

first_cause_of_each_exception as (

    select
        shared.firm_id,
        shared.exception_id,
        min_by(causes.exception_id, (shared.cause_rank, shared.cause_key)) as group_id
    from {{ ref('int_causes_shared') }} as shared
    inner join systemic_causes as causes
        on
            shared.firm_id = causes.firm_id
            and shared.cause_kind = causes.cause_kind
            and shared.cause_key = causes.cause_key
    group by shared.firm_id, shared.exception_id

)

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
left join {{ ref('int_acceptances_in_force') }} as acceptances
    on
        causes.firm_id = acceptances.firm_id
        and causes.exception_id = acceptances.exception_id
        and case
            when acceptances.fingerprint is not null then acceptances.fingerprint = {{ fingerprint_of_cause }}
            else acceptances.clio_value = causes.exception_count || ' findings'
        end
