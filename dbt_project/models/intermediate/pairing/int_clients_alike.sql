-- Namesakes: a client whose name another client bears too, or that stands on several live contacts, and each contact
-- that may be this client's: its name is the client's, with or without a number or a word behind it ("J Twin 1"),
-- and with that word no other client's. No name tells such a client apart; an equal number with an equal total or day
-- does.
with

namesakes as (

    select
        firm_id,
        bearer_id as client_id,
        name_key
    from {{ ref('int_names_borne') }}
    where bearer_kind = 'client' and is_shared

),

contacts_by_name as (

    select
        firm_id,
        bearer_id as contact_id,
        name_key
    from {{ ref('int_names_borne') }}
    where bearer_kind = 'contact'

    union

    select
        contacts.firm_id,
        contacts.bearer_id as contact_id,
        regexp_replace(contacts.name_key, ' [^ ]+$', '') as name_key
    from {{ ref('int_names_borne') }} as contacts
    left join {{ ref('int_names_borne') }} as clients
        on
            contacts.firm_id = clients.firm_id
            and clients.bearer_kind = 'client'
            and contacts.name_key = clients.name_key
    where contacts.bearer_kind = 'contact' and contains(contacts.name_key, ' ') and clients.bearer_id is null

)

select distinct
    namesakes.firm_id,
    namesakes.client_id,
    contacts.contact_id
from namesakes
inner join contacts_by_name as contacts
    on namesakes.firm_id = contacts.firm_id and namesakes.name_key = contacts.name_key
