-- Xero's contacts. A contact that was merged into another is that other, to the end of the chain: its documents and its
-- name belong to the contact that stands. A contact that was merged into one that the firm named as not from Clio is
-- named too; one that a named one was merged into is not, or every invoice of the client behind it would fall silent.
with recursive

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
        coalesce(contacts.contact_status, 'ACTIVE') as contact_status,
        nullif(contacts.merged_to_contact_id, contacts.contact_id) as merged_to_contact_id
    from {{ ref('stg_xero__contacts') }} as contacts
    full outer join contacts_of_invoices
        on
            contacts.firm_id = contacts_of_invoices.firm_id
            and contacts.contact_id = contacts_of_invoices.contact_id

),

chains (firm_id, contact_id, reached_contact_id) as (

    select
        firm_id,
        contact_id,
        contact_id as reached_contact_id
    from contacts_named

    union

    -- "union" forgets what was reached before, so that a circle of merges comes to an end.
    select
        chains.firm_id,
        chains.contact_id,
        merged.merged_to_contact_id as reached_contact_id
    from chains
    inner join contacts_named as merged
        on chains.firm_id = merged.firm_id and chains.reached_contact_id = merged.contact_id
    where merged.merged_to_contact_id is not null

),

ends_of_chains as (

    -- In a circle nobody stands: all of it is one contact, known by its lowest id.
    select
        chains.firm_id,
        chains.contact_id,
        coalesce(
            min(case when reached.merged_to_contact_id is null then chains.reached_contact_id end),
            min(chains.reached_contact_id)
        ) as standing_contact_id
    from chains
    left join contacts_named as reached
        on chains.firm_id = reached.firm_id and chains.reached_contact_id = reached.contact_id
    group by chains.firm_id, chains.contact_id

),

names_not_from_clio as (

    select distinct
        firm_id,
        {{ name_key('named_value') }} as name_key
    from {{ ref('stg_evidence__not_from_clio') }}
    where named_by = 'contact'

)

select
    contacts.firm_id,
    contacts.contact_id,
    contacts.contact_name,
    contacts.contact_status,
    ends.standing_contact_id,
    coalesce(standing.contact_name, contacts.contact_name) as standing_contact_name,
    coalesce(standing.contact_status, contacts.contact_status) as standing_contact_status,
    {{ name_key('contacts.contact_name') }} as contact_name_key,
    {{ name_alias_key('contacts.contact_name') }} as contact_alias_key,
    coalesce(own_name.name_key, standing_name.name_key) is not null as is_not_from_clio
from contacts_named as contacts
inner join ends_of_chains as ends
    on contacts.firm_id = ends.firm_id and contacts.contact_id = ends.contact_id
left join contacts_named as standing
    on ends.firm_id = standing.firm_id and ends.standing_contact_id = standing.contact_id
left join names_not_from_clio as own_name
    on contacts.firm_id = own_name.firm_id and {{ name_key('contacts.contact_name') }} = own_name.name_key
left join names_not_from_clio as standing_name
    on
        contacts.firm_id = standing_name.firm_id
        and {{ name_key('coalesce(standing.contact_name, contacts.contact_name)') }} = standing_name.name_key
