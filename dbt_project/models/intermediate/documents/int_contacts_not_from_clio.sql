select distinct
    contacts.firm_id,
    contacts.contact_id
from {{ ref('int_xero_contacts') }} as contacts
inner join {{ ref('stg_evidence__not_from_clio') }} as names
    on
        contacts.firm_id = names.firm_id
        and names.named_by = 'contact'
        and contacts.contact_name_key = {{ name_key('names.named_value') }}
