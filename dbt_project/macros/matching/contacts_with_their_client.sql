{#- The name a Xero contact goes by among clients: that of the Clio client it is tied to where this is one, else its own. -#}
{% macro contacts_with_their_client() -%}
    select
        contacts.firm_id,
        contacts.contact_id,
        case
            when count(distinct clients.client_name) = 1 then max(clients.client_name)
            else max(contacts.contact_name)
        end as client_name,
        case when count(distinct clients.client_id) = 1 then max(clients.client_id) end as client_id
    from {{ ref('int_xero_contacts') }} as contacts
    left join {{ ref('int_client_contacts') }} as ties
        on contacts.firm_id = ties.firm_id and contacts.contact_id = ties.contact_id and ties.relation = 'same'
    left join {{ ref('int_clio_clients') }} as clients
        on ties.firm_id = clients.firm_id and ties.client_id = clients.client_id
    group by contacts.firm_id, contacts.contact_id
{%- endmacro %}
