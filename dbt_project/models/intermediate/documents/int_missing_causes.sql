-- Why a bill that is missing may not have arrived, where the data shows it, and how that is cured. Several causes may
-- hold at once. The key of a cause is what several bills can have in common, or the document that is in the way.
with

missing_bills as (

    select
        classified.firm_id,
        bills.bill_id,
        bills.bill_number,
        bills.number_key,
        bills.client_id,
        bills.issued_date
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_bills_valued') }} as bills
        on classified.firm_id = bills.firm_id and classified.bill_id = bills.bill_id
    where classified.outcome in ('missing_in_xero', 'void_in_xero_live_in_clio')

),

contacts_of_the_client as (

    -- What was merged into another contact is that other, archived or not.
    select
        bills.firm_id,
        bills.bill_id,
        coalesce(max(contacts.contact_name), 'without a name') as contact_name,
        count(case when contacts.contact_status <> 'ARCHIVED' then 1 end) as active_count
    from missing_bills as bills
    inner join {{ ref('int_client_contacts') }} as ties
        on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id and ties.relation = 'same'
    inner join {{ ref('int_xero_contacts') }} as contacts
        on
            ties.firm_id = contacts.firm_id
            and ties.contact_id = contacts.contact_id
            and contacts.contact_id = contacts.standing_contact_id
    group by bills.firm_id, bills.bill_id

),

causes as (

    -- Two invoices may hold one number, and two candidates may look alike: the cause is one.
    select distinct
        bills.firm_id,
        bills.bill_id,
        1 as cause_order,
        'number_held' as cause_kind,
        invoices.invoice_id as cause_key,
        'number ' || bills.bill_number || ' is held by an invoice of ' || coalesce(invoices.contact_name, 'no contact')
        || ' that was voided in Xero, and Xero takes a number only once' as cause,
        'Renumber the voided invoice that holds ' || invoices.invoice_number || ' in Xero' as cure
    from missing_bills as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and invoices.invoice_status = 'VOIDED'

    union all

    select
        bills.firm_id,
        bills.bill_id,
        2 as cause_order,
        'number_taken' as cause_kind,
        invoices.invoice_id as cause_key,
        'number ' || bills.bill_number || ' stands on the invoice of another bill, for '
        || coalesce(invoices.contact_name, 'no contact') || ', and Xero takes a number only once' as cause,
        'Give this bill a number of its own in Clio' as cure
    from missing_bills as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and invoices.invoice_class <> 'dead'
    inner join {{ ref('int_pairs') }} as pairs
        on
            invoices.firm_id = pairs.firm_id
            and invoices.invoice_id = pairs.invoice_id
            and bills.bill_id <> pairs.bill_id

    union all

    select
        firm_id,
        bill_id,
        3 as cause_order,
        'contact_archived' as cause_kind,
        contact_name as cause_key,
        'the contact ' || contact_name || ' is archived in Xero' as cause,
        'Restore the contact ' || contact_name || ' in Xero' as cure
    from contacts_of_the_client
    where active_count = 0

    union all

    select
        bills.firm_id,
        bills.bill_id,
        4 as cause_order,
        'period_locked' as cause_kind,
        cast(tonight.locked_until_date as varchar) as cause_key,
        'it is dated '
        || bills.issued_date
        || ', and the books in Xero are locked until '
        || tonight.locked_until_date as cause,
        'Ask the firm whether to open the books that are locked until ' || tonight.locked_until_date
        || ' or to date the bill later' as cure
    from missing_bills as bills
    inner join {{ ref('int_tonight') }} as tonight
        on bills.firm_id = tonight.firm_id and bills.issued_date <= tonight.locked_until_date

)

select * from causes
