-- What stands in the way of approving each draft, beside the edits it needs, as one sentence names it, and the steps
-- that come first. Some of it forbids "ready": a second document of the same bill, a total below zero, a client that
-- nobody can tell apart. Some of it only has to be seen to first, or Xero refuses: an archived account or contact, a
-- locked period, a number that another invoice holds.
with

drafts as (

    select
        documents.firm_id,
        documents.bill_id,
        documents.invoice_id,
        bills.bill_number,
        bills.client_name,
        bills.payable_amount,
        invoices.document_kind,
        invoices.invoice_number,
        invoices.number_key,
        bills.number_key as bill_number_key,
        invoices.contact_name,
        invoices.contact_status,
        invoices.issued_date,
        contacts.contact_outcome
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    left join {{ ref('int_pairs') }} as contacts
        on documents.firm_id = contacts.firm_id and documents.bill_id = contacts.bill_id
    where documents.bill_class = 'approved' and documents.invoice_class = 'draft'

),

archived_accounts as (

    select distinct
        drafts.firm_id,
        drafts.bill_id,
        coalesce(accounts.account_code || ' ' || accounts.account_name, accounts.account_name) as account
    from drafts
    inner join {{ ref('stg_xero__invoice_lines') }} as lines
        on drafts.firm_id = lines.firm_id and drafts.invoice_id = lines.invoice_id
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on lines.firm_id = accounts.firm_id and lines.account_code = accounts.account_code
    where accounts.account_status = 'ARCHIVED'

),

obstacles as (

    select
        firm_id,
        bill_id,
        1 as obstacle_order,
        false as forbids_ready,
        'account ' || account || ' is archived' as obstacle,
        'Restore account ' || account || ', or code its lines to another one' as step
    from archived_accounts

    union all

    select
        firm_id,
        bill_id,
        2 as obstacle_order,
        false as forbids_ready,
        'contact ' || coalesce(contact_name, 'without a name') || ' is archived' as obstacle,
        'Restore the contact ' || coalesce(contact_name, 'without a name') as step
    from drafts
    where contact_status = 'ARCHIVED' and coalesce(contact_outcome, 'same') <> 'not_visible'

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        3 as obstacle_order,
        false as forbids_ready,
        'it is dated ' || drafts.issued_date || ', and the books are locked until ' || tonight.locked_until_date
            as obstacle,
        'Ask the firm whether to open the books that are locked until ' || tonight.locked_until_date
        || ' or to date the bill and the draft later' as step
    from drafts
    inner join {{ ref('int_tonight') }} as tonight
        on drafts.firm_id = tonight.firm_id and drafts.issued_date <= tonight.locked_until_date

    union all

    select distinct
        drafts.firm_id,
        drafts.bill_id,
        4 as obstacle_order,
        true as forbids_ready,
        'number ' || drafts.bill_number || ' is held by another invoice, for '
        || coalesce(holders.contact_name, 'no contact')
        || ' (' || {{ status_in_words('holders.invoice_status') }} || ')' as obstacle,
        'Free the number ' || drafts.bill_number || ' in Xero: another invoice holds it' as step
    from drafts
    inner join {{ ref('int_sales_invoices') }} as holders
        on
            drafts.firm_id = holders.firm_id
            and drafts.bill_number_key = holders.number_key
            and drafts.invoice_id <> holders.invoice_id
            and holders.invoice_status <> 'DELETED'
    where drafts.number_key is distinct from drafts.bill_number_key and drafts.document_kind = 'invoice'

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        5 as obstacle_order,
        true as forbids_ready,
        'invoice ' || coalesce(extras.invoice_number, 'without a number') || ' of '
        || coalesce(cast(extras.issued_date as varchar), 'no date')
        || ' (' || {{ status_in_words('extras.invoice_status') }} || ', '
        || {{ money_text('extras.total_amount') }} || ') is the same bill once more' as obstacle,
        'See to the duplicate, invoice ' || coalesce(extras.invoice_number, 'without a number')
        || ', so that only one of the two is left' as step
    from drafts
    inner join {{ ref('int_duplicates') }} as duplicates
        on drafts.firm_id = duplicates.firm_id and drafts.bill_id = duplicates.bill_id
    inner join {{ ref('int_sales_invoices') }} as extras
        on duplicates.firm_id = extras.firm_id and duplicates.invoice_id = extras.invoice_id

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        6 as obstacle_order,
        true as forbids_ready,
        'more than one client or contact is called ' || drafts.client_name || ', and nothing but the number says which'
            as obstacle,
        'Which of the two is it? If contact ' || coalesce(drafts.contact_name, 'of the draft')
        || ' in Xero is the client of bill '
        || coalesce(drafts.bill_number, drafts.bill_id)
        || ', say so: tieout link '
        || drafts.firm_id
        || ' '
        || drafts.bill_id || ' ' || drafts.invoice_id || ' --by "YOUR NAME" --reason "same client"' as step
    from drafts
    where contact_outcome = 'alike'

    union all

    select
        firm_id,
        bill_id,
        6 as obstacle_order,
        true as forbids_ready,
        'Clio does not show the connected user whose bill it is' as obstacle,
        'Give the user that Tieout connects with the right to see this bill''s client in Clio' as step
    from drafts
    where contact_outcome = 'not_visible'

    union all

    select
        firm_id,
        bill_id,
        7 as obstacle_order,
        true as forbids_ready,
        case document_kind
            when 'credit note' then 'the bill''s total is below zero: in Xero it is a credit note'
            else 'the bill''s total is below zero, and Xero approves no such invoice'
        end as obstacle,
        case document_kind
            when 'credit note' then 'Compare the credit note with the bill line by line, then approve it in Xero'
            else 'Delete the draft, and raise a credit note of ' || {{ money_text('-payable_amount') }} || ' in Xero'
        end as step
    from drafts
    where payable_amount < 0

)

select
    firm_id,
    bill_id,
    bool_or(forbids_ready) as forbids_ready,
    string_agg(obstacle, '; ' order by obstacle_order, obstacle) as obstacles,
    string_agg(step, '. ' order by obstacle_order, step) as steps
from obstacles
group by firm_id, bill_id
