-- Draft invoices below zero that stand for a negative bill without a credit note: Xero approves no such draft. The
-- bill's row speaks of them. By number, else by client and total, and only where one bill is meant.
with

candidates as (

    select distinct
        drafts.firm_id,
        drafts.invoice_id,
        bills.bill_id,
        coalesce(drafts.normalised_number_key = bills.normalised_number_key, false) as is_by_number
    from {{ ref('int_documents_open') }} as drafts
    inner join {{ ref('int_documents_open') }} as bills
        on drafts.firm_id = bills.firm_id and bills.bill_id is not null and bills.total_amount < 0
    left join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and drafts.contact_id = ties.contact_id
    where
        drafts.invoice_class = 'draft'
        and drafts.total_amount < 0
        and (
            drafts.normalised_number_key = bills.normalised_number_key
            or (ties.client_id is not null and drafts.total_amount = bills.total_amount)
        )

),

candidates_counted as (

    select
        *,
        count(*) over (partition by firm_id, invoice_id, is_by_number) as bills_for_the_draft,
        bool_or(is_by_number) over (partition by firm_id, invoice_id) as any_by_number
    from candidates

)

select
    firm_id,
    bill_id,
    invoice_id
from candidates_counted
where bills_for_the_draft = 1 and is_by_number = any_by_number
