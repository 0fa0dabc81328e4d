-- Why a bill that is missing may not have arrived, where the data shows it. Several causes may hold at once. The
-- key of a cause is what several bills can have in common.
with

missing_bills as (

    select
        classified.firm_id,
        bills.bill_id,
        bills.bill_number,
        bills.number_key,
        bills.client_id,
        bills.issued_date,
        bills.payable_amount
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_bills_valued') }} as bills
        on classified.firm_id = bills.firm_id and classified.bill_id = bills.bill_id
    where classified.outcome = 'missing_in_xero'

),

contacts_of_the_client as (

    select
        bills.firm_id,
        bills.bill_id,
        coalesce(max(contacts.contact_name), 'without a name') as contact_name,
        count(case when contacts.contact_status = 'ACTIVE' then 1 end) as active_count
    from missing_bills as bills
    inner join {{ ref('int_clients_tied') }} as ties
        on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id
    inner join {{ ref('int_xero_contacts') }} as contacts
        on ties.firm_id = contacts.firm_id and ties.contact_id = contacts.contact_id
    group by bills.firm_id, bills.bill_id

),

causes as (

    -- Two invoices may hold one number, and two candidates may look alike: the cause is one.
    select distinct
        bills.firm_id,
        bills.bill_id,
        1 as cause_order,
        'number_held' as cause_kind,
        bills.bill_number as cause_key,
        'the number is held by an invoice of ' || coalesce(invoices.contact_name, 'no contact')
        || ' that was voided in Xero, and Xero takes a number only once' as cause
    from missing_bills as bills
    inner join {{ ref('int_invoices_valued') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and invoices.invoice_status = 'VOIDED'

    union all

    select
        firm_id,
        bill_id,
        2 as cause_order,
        'contact_archived' as cause_kind,
        contact_name as cause_key,
        'the contact ' || contact_name || ' is archived in Xero' as cause
    from contacts_of_the_client
    where active_count = 0

    union all

    select
        bills.firm_id,
        bills.bill_id,
        3 as cause_order,
        'period_locked' as cause_kind,
        cast(tonight.locked_until_date as varchar) as cause_key,
        'it is dated '
        || bills.issued_date
        || ', and the books in Xero are locked until '
        || tonight.locked_until_date as cause
    from missing_bills as bills
    inner join {{ ref('int_tonight') }} as tonight
        on bills.firm_id = tonight.firm_id and bills.issued_date <= tonight.locked_until_date

    union all

    select
        bills.firm_id,
        bills.bill_id,
        4 as cause_order,
        'candidate' as cause_kind,
        min(candidates.invoice_id) as cause_key,
        case
            when count(*) = 1
                then 'invoice ' || coalesce(invoices.invoice_number, 'without a number') || ' of '
                    || invoices.issued_date
                    || ' has the same client and total: it may be this bill under another number'
            else count(*) || ' invoices ' || coalesce(invoices.invoice_number, 'without a number') || ' of '
                || invoices.issued_date
                || ' have the same client and total: one may be this bill under another number'
        end as cause
    from missing_bills as bills
    inner join {{ ref('int_candidates_found') }} as candidates
        on bills.firm_id = candidates.firm_id and bills.bill_id = candidates.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on candidates.firm_id = invoices.firm_id and candidates.invoice_id = invoices.invoice_id
    group by bills.firm_id, bills.bill_id, invoices.invoice_number, invoices.issued_date

    union all

    select
        firm_id,
        bill_id,
        5 as cause_order,
        'negative_total' as cause_kind,
        bill_id as cause_key,
        'its total is negative, and Xero takes no invoice below zero' as cause
    from missing_bills
    where payable_amount < 0

)

select * from causes
