with

contacts_of_invoices as (

    select
        firm_id,
        contact_id,
        max(contact_name) as contact_name
    from {{ ref('stg_xero__invoices') }}
    where contact_id is not null
    group by firm_id, contact_id

),

contacts_named as (

    -- The contact list has the name of today; what stands on an invoice is only used where the list lacks the
    -- contact.
    select
        coalesce(contacts.firm_id, contacts_of_invoices.firm_id) as firm_id,
        coalesce(contacts.contact_id, contacts_of_invoices.contact_id) as contact_id,
        coalesce(contacts.contact_name, contacts_of_invoices.contact_name) as contact_name,
        coalesce(contacts.contact_status, 'ACTIVE') as contact_status
    from {{ ref('stg_xero__contacts') }} as contacts
    full outer join contacts_of_invoices
        on
            contacts.firm_id = contacts_of_invoices.firm_id
            and contacts.contact_id = contacts_of_invoices.contact_id

)

select
    firm_id,
    contact_id,
    contact_name,
    contact_status,
    {{ name_key('contact_name') }} as contact_name_key
from contacts_named
