-- What open exceptions may have in common: one row per exception and cause it shares with others, best cause first.
with

open_exceptions_of_bills as (

    select
        exceptions.firm_id,
        exceptions.exception_id,
        exceptions.code,
        exceptions.group_id,
        bills.bill_id,
        bills.client_name,
        bills.issued_date
    from {{ ref('int_exceptions_tonight') }} as exceptions
    inner join {{ ref('int_bills_valued') }} as bills
        on exceptions.firm_id = bills.firm_id and exceptions.subject_key = bills.bill_key
    where exceptions.status = 'open'

),

open_exceptions as (

    select *
    from open_exceptions_of_bills
    where group_id is null

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

archived_accounts_on_drafts as (

    select distinct
        documents.firm_id,
        documents.bill_id,
        concat_ws(' ', accounts.account_code, accounts.account_name) as account
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('stg_xero__invoice_lines') }} as lines
        on documents.firm_id = lines.firm_id and documents.invoice_id = lines.invoice_id
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on lines.firm_id = accounts.firm_id and lines.account_code = accounts.account_code
    where documents.invoice_class = 'draft' and accounts.account_status = 'ARCHIVED'

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

)

select
    missing.firm_id,
    missing.exception_id,
    1 as cause_rank,
    'nothing_arrives' as cause_kind,
    cast(arrivals.last_arrived_date as varchar) as cause_key
from open_exceptions as missing
inner join last_arrivals as arrivals
    on missing.firm_id = arrivals.firm_id and missing.issued_date > arrivals.last_arrived_date
where missing.code = 'missing_in_xero'

union all

select
    missing.firm_id,
    missing.exception_id,
    case causes.cause_kind when 'period_locked' then 2 else 3 end as cause_rank,
    causes.cause_kind,
    causes.cause_key
from open_exceptions as missing
inner join {{ ref('int_missing_causes') }} as causes
    on missing.firm_id = causes.firm_id and missing.bill_id = causes.bill_id
where missing.code = 'missing_in_xero' and causes.cause_kind in ('period_locked', 'contact_archived')

union all

select
    stuck.firm_id,
    stuck.exception_id,
    4 as cause_rank,
    'account_archived' as cause_kind,
    archived.account as cause_key
from open_exceptions as stuck
inner join archived_accounts_on_drafts as archived
    on stuck.firm_id = archived.firm_id and stuck.bill_id = archived.bill_id
where stuck.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited')

union all

-- Bills stuck in draft that are all one attorney's, where others' bills are approved on both sides: a way of working,
-- and no fault of the push.
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
