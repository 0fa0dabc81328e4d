-- What open exceptions may have in common: one row per exception and cause it shares with others, best cause first.
with

open_exceptions as (

    select
        judged.firm_id,
        judged.exception_id,
        judged.code,
        bills.bill_id,
        bills.client_name,
        bills.issued_date
    from {{ ref('int_exceptions_judged') }} as judged
    inner join {{ ref('int_bills_valued') }} as bills
        on judged.firm_id = bills.firm_id and judged.subject_key = bills.bill_key
    where judged.status = 'open' and judged.group_id is null

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

select
    firm_id,
    exception_id,
    5 as cause_rank,
    'one_attorney' as cause_kind,
    cause_key
from {{ ref('int_attorneys_alone') }}
