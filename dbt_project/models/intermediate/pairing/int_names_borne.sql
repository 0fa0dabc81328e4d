-- Who bears which name: Clio's clients, and Xero's contacts with the names of those that were merged into them. A
-- name that two clients or two live contacts bear tells nobody apart.
with

bearers as (

    select
        firm_id,
        'client' as bearer_kind,
        client_id as bearer_id,
        client_name_key as name_key,
        is_client as is_counted
    from {{ ref('int_clio_clients') }}

    union

    select
        firm_id,
        'client' as bearer_kind,
        client_id as bearer_id,
        client_alias_key as name_key,
        is_client as is_counted
    from {{ ref('int_clio_clients') }}

    union

    select
        firm_id,
        'contact' as bearer_kind,
        standing_contact_id as bearer_id,
        contact_name_key as name_key,
        contact_id = standing_contact_id and contact_status <> 'ARCHIVED' as is_counted
    from {{ ref('int_xero_contacts') }}

    union

    select
        firm_id,
        'contact' as bearer_kind,
        standing_contact_id as bearer_id,
        contact_alias_key as name_key,
        contact_id = standing_contact_id and contact_status <> 'ARCHIVED' as is_counted
    from {{ ref('int_xero_contacts') }}

),

names_counted as (

    select
        firm_id,
        name_key,
        count(distinct case when bearer_kind = 'client' and is_counted then bearer_id end) as client_count,
        count(distinct case when bearer_kind = 'contact' and is_counted then bearer_id end) as contact_count
    from bearers
    where name_key is not null
    group by firm_id, name_key

)

select distinct
    bearers.firm_id,
    bearers.bearer_kind,
    bearers.bearer_id,
    bearers.name_key,
    counted.client_count > 1 or counted.contact_count > 1 as is_shared
from bearers
inner join names_counted as counted
    on bearers.firm_id = counted.firm_id and bearers.name_key = counted.name_key
