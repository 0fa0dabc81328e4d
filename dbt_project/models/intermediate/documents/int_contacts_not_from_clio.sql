-- A contact that was merged into a named one is named too; one that a named one was merged into is not, or every
-- invoice of the client behind it would fall silent.
select distinct
    contacts.firm_id,
    contacts.contact_id
from {{ ref('int_xero_contacts') }} as contacts
inner join {{ ref('stg_evidence__not_from_clio') }} as names
    on
        contacts.firm_id = names.firm_id
        and names.named_by = 'contact'
        and {{ name_key('names.named_value') }} in (
            contacts.contact_name_key, {{ name_key('contacts.standing_contact_name') }}
        )
