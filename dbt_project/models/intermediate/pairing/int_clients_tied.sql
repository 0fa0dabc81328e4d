with

ties_by_name as (

    select
        clients.firm_id,
        clients.client_id,
        contacts.contact_id
    from {{ ref('int_clio_clients') }} as clients
    inner join {{ ref('int_xero_contacts') }} as contacts
        on
            clients.firm_id = contacts.firm_id
            and clients.client_name_key = contacts.contact_name_key

),

pairs_of_equal_number_and_total as (

    select distinct
        bills.firm_id,
        bills.client_id,
        bills.bill_id,
        invoices.contact_id,
        invoices.invoice_id
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_bill_totals') }} as totals
        on
            bills.firm_id = totals.firm_id
            and bills.bill_id = totals.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and totals.total_amount = invoices.total_amount
    where bills.client_id is not null and invoices.contact_id is not null

),

contacts_that_documents_point_to as (

    select
        firm_id,
        client_id,
        max(contact_id) as contact_id
    from pairs_of_equal_number_and_total
    group by firm_id, client_id
    having
        count(distinct contact_id) = 1
        and count(distinct bill_id) >= 2
        and count(distinct invoice_id) >= 2

),

ties_by_a_person as (

    select
        bills.firm_id,
        bills.client_id,
        invoices.contact_id
    from {{ ref('stg_evidence__matches') }} as matches
    inner join {{ ref('int_bills_valued') }} as bills
        on
            matches.firm_id = bills.firm_id
            and matches.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on
            matches.firm_id = invoices.firm_id
            and matches.invoice_id = invoices.invoice_id
    where bills.client_id is not null and invoices.contact_id is not null

)

select
    firm_id,
    client_id,
    contact_id
from ties_by_name
union
select
    firm_id,
    client_id,
    contact_id
from contacts_that_documents_point_to
union
select
    firm_id,
    client_id,
    contact_id
from ties_by_a_person
