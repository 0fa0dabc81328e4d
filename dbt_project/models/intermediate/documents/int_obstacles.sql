-- What stands in the way of an approved bill that Xero lacks, or has void or as a draft; several things may. Most of it
-- only has to be seen to first, or Xero refuses. Some forbids to call a draft ready: a number that another invoice
-- holds, a second document of the same bill, a client that nobody can tell apart, a total below zero.
with

bills_not_through as (

    select
        classified.firm_id,
        classified.bill_id,
        classified.invoice_id,
        classified.outcome,
        classified.outcome = 'stuck_in_draft' as is_in_draft,
        bills.number_key,
        bills.client_id,
        bills.issued_date,
        bills.payable_amount
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_bills_valued') }} as bills
        on classified.firm_id = bills.firm_id and classified.bill_id = bills.bill_id
    where
        classified.outcome in (
            'missing_in_xero', 'credit_note_missing', 'void_in_xero_live_in_clio', 'stuck_in_draft'
        )

),

missing_bills as (

    select * from bills_not_through
    where not is_in_draft

),

drafts as (

    select
        bills.*,
        invoices.document_kind,
        invoices.number_key as draft_number_key,
        invoices.contact_name,
        invoices.contact_status,
        invoices.issued_date as draft_date,
        pairs.contact_outcome
    from bills_not_through as bills
    inner join {{ ref('int_invoices_valued') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.invoice_id = invoices.invoice_id
    left join {{ ref('int_pairs') }} as pairs
        on bills.firm_id = pairs.firm_id and bills.bill_id = pairs.bill_id
    where bills.is_in_draft

),

obstacles as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.outcome,
        1 as obstacle_rank,
        'number_of_a_voided_invoice' as obstacle,
        false as forbids_ready,
        others.invoice_id as other_invoice_id
    from missing_bills as bills
    inner join {{ ref('int_sales_invoices') }} as others
        on
            bills.firm_id = others.firm_id
            and bills.number_key = others.number_key
            and others.invoice_status = 'VOIDED'

    union all by name

    select
        bills.firm_id,
        bills.bill_id,
        bills.outcome,
        2 as obstacle_rank,
        'number_of_another_bill' as obstacle,
        false as forbids_ready,
        others.invoice_id as other_invoice_id
    from missing_bills as bills
    inner join {{ ref('int_sales_invoices') }} as others
        on
            bills.firm_id = others.firm_id
            and bills.number_key = others.number_key
            and others.invoice_class <> 'dead'
    inner join {{ ref('int_pairs') }} as pairs
        on others.firm_id = pairs.firm_id and others.invoice_id = pairs.invoice_id and bills.bill_id <> pairs.bill_id

    union all by name

    -- What was merged into another contact is that other, archived or not.
    select
        bills.firm_id,
        bills.bill_id,
        bills.outcome,
        3 as obstacle_rank,
        'contact_archived' as obstacle,
        false as forbids_ready,
        coalesce(max(contacts.contact_name), 'without a name') as contact_name
    from missing_bills as bills
    inner join {{ ref('int_client_contacts') }} as ties
        on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id and ties.relation = 'same'
    inner join {{ ref('int_xero_contacts') }} as contacts
        on
            ties.firm_id = contacts.firm_id
            and ties.contact_id = contacts.contact_id
            and contacts.contact_id = contacts.standing_contact_id
    group by bills.firm_id, bills.bill_id, bills.outcome
    having count(case when contacts.contact_status <> 'ARCHIVED' then 1 end) = 0

    union all by name

    select distinct
        drafts.firm_id,
        drafts.bill_id,
        drafts.outcome,
        3 as obstacle_rank,
        'account_archived' as obstacle,
        false as forbids_ready,
        concat_ws(' ', accounts.account_code, accounts.account_name) as account
    from drafts
    inner join {{ ref('stg_xero__invoice_lines') }} as lines
        on drafts.firm_id = lines.firm_id and drafts.invoice_id = lines.invoice_id
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on lines.firm_id = accounts.firm_id and lines.account_code = accounts.account_code
    where accounts.account_status = 'ARCHIVED'

    union all by name

    select
        firm_id,
        bill_id,
        outcome,
        4 as obstacle_rank,
        'contact_archived' as obstacle,
        false as forbids_ready,
        coalesce(contact_name, 'without a name') as contact_name
    from drafts
    where contact_status = 'ARCHIVED' and coalesce(contact_outcome, 'same') <> 'not_visible'

    union all by name

    select
        bills.firm_id,
        bills.bill_id,
        bills.outcome,
        5 as obstacle_rank,
        'period_locked' as obstacle,
        false as forbids_ready,
        case when bills.is_in_draft then drafts.draft_date else bills.issued_date end as locked_date
    from bills_not_through as bills
    left join drafts
        on bills.firm_id = drafts.firm_id and bills.bill_id = drafts.bill_id
    inner join {{ ref('int_firms') }} as firms
        on bills.firm_id = firms.firm_id
    where locked_date <= firms.locked_until_date

    union all by name

    select
        drafts.firm_id,
        drafts.bill_id,
        drafts.outcome,
        6 as obstacle_rank,
        'number_held' as obstacle,
        true as forbids_ready,
        others.invoice_id as other_invoice_id
    from drafts
    inner join {{ ref('int_sales_invoices') }} as others
        on
            drafts.firm_id = others.firm_id
            and drafts.number_key = others.number_key
            and drafts.invoice_id <> others.invoice_id
            and others.invoice_status <> 'DELETED'
    where drafts.draft_number_key is distinct from drafts.number_key and drafts.document_kind = 'invoice'

    union all by name

    select
        drafts.firm_id,
        drafts.bill_id,
        drafts.outcome,
        7 as obstacle_rank,
        'same_bill_once_more' as obstacle,
        true as forbids_ready,
        duplicates.invoice_id as other_invoice_id
    from drafts
    inner join {{ ref('int_documents_classified') }} as duplicates
        on drafts.firm_id = duplicates.firm_id and drafts.bill_id = duplicates.repeated_bill_id

    union all by name

    select
        firm_id,
        bill_id,
        outcome,
        8 as obstacle_rank,
        case contact_outcome when 'alike' then 'client_alike' else 'client_not_visible' end as obstacle,
        true as forbids_ready,
        contact_name
    from drafts
    where contact_outcome in ('alike', 'not_visible')

    union all by name

    select
        firm_id,
        bill_id,
        outcome,
        9 as obstacle_rank,
        'below_zero' as obstacle,
        true as forbids_ready
    from drafts
    where payable_amount < 0

)

select * from obstacles
