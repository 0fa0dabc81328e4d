-- A cause that five or more open exceptions share, said once.
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

)

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
            then 'Check that the connection from Clio to Xero is on and authorised, then send the bills again.'
        when 'period_locked' then 'Ask the firm whether to open the period or to date these bills in an open one.'
        when 'contact_archived' then 'Restore the contact in Xero, then send the bills again.'
        when
            'account_archived'
            then 'Restore the account in Xero or map its category to another, then approve the drafts.'
        when 'one_attorney' then 'Ask how this attorney approves bills, and approve or edit the drafts as listed.'
    end as suggested_action
from causes_keyed
