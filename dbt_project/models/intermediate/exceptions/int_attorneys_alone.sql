-- Bills stuck in draft that are all one attorney's, in a firm where others' bills are approved on both sides: a way
-- of working, and no fault of the push. A bill of several attorneys speaks for none of them.
with

attorney_of_each_bill as (

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
        judged.firm_id,
        judged.exception_id,
        attorneys.attorney_id,
        attorneys.attorney_name
    from {{ ref('int_exceptions_judged') }} as judged
    inner join {{ ref('int_bills_valued') }} as bills
        on judged.firm_id = bills.firm_id and judged.subject_key = bills.bill_key
    left join attorney_of_each_bill as attorneys
        on bills.firm_id = attorneys.firm_id and bills.bill_id = attorneys.bill_id
    where judged.status = 'open' and judged.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited')

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
    stuck.firm_id,
    stuck.exception_id,
    coalesce(stuck.attorney_name, stuck.attorney_id) as cause_key
from stuck_bills as stuck
inner join firms_where_one_attorney_is_stuck as alone
    on stuck.firm_id = alone.firm_id and stuck.attorney_id = alone.attorney_id
inner join firms_where_others_get_through as others
    on stuck.firm_id = others.firm_id
