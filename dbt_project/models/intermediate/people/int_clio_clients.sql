with

clients_of_bills as (

    select
        firm_id,
        client_id,
        max(client_name) as client_name
    from {{ ref('stg_clio__bills') }}
    where client_id is not null
    group by firm_id, client_id

),

clients_named as (

    -- The contact list has the name of today; what stands on a bill is only used where the list lacks the client.
    select
        coalesce(contacts.firm_id, clients_of_bills.firm_id) as firm_id,
        coalesce(contacts.contact_id, clients_of_bills.client_id) as client_id,
        coalesce(contacts.contact_name, clients_of_bills.client_name) as client_name,
        clients_of_bills.client_id is not null or coalesce(contacts.is_client, true) as is_client
    from {{ ref('stg_clio__contacts') }} as contacts
    full outer join clients_of_bills
        on
            contacts.firm_id = clients_of_bills.firm_id
            and contacts.contact_id = clients_of_bills.client_id

)

select
    firm_id,
    client_id,
    client_name,
    is_client,
    {{ name_key('client_name') }} as client_name_key,
    {{ name_alias_key('client_name') }} as client_alias_key
from clients_named
