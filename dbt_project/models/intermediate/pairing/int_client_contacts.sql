-- Which Xero contact is which Clio client. The same: by a name that nobody else bears, by what the documents say, or
-- because a person said so. Alike: the client has namesakes (another client bears the name too, or several live
-- contacts do), and the contact may be this client's: its name is the client's, with or without a number or a word
-- behind it ("J Twin 1"), and with that word no other client's. No name tells such a client apart; an equal number with
-- an equal total or day does.
with

bearers as (

    -- Clio's clients, and Xero's contacts with the names of those that were merged into them.
    {%- for name_key in ['client_name_key', 'client_alias_key'] %}
        select
            firm_id,
            'client' as bearer_kind,
            client_id as bearer_id,
            {{ name_key }} as name_key,
            is_client as is_counted
        from {{ ref('int_clio_clients') }}

        union
    {% endfor %}
    {%- for name_key in ['contact_name_key', 'contact_alias_key'] %}
        select
            firm_id,
            'contact' as bearer_kind,
            standing_contact_id as bearer_id,
            {{ name_key }} as name_key,
            contact_id = standing_contact_id and contact_status <> 'ARCHIVED' as is_counted
        from {{ ref('int_xero_contacts') }}

        {{ 'union' if not loop.last }}
    {% endfor %}

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

),

names_borne as (

    -- A name that two clients or two live contacts bear tells nobody apart.
    select distinct
        bearers.firm_id,
        bearers.bearer_kind,
        bearers.bearer_id,
        bearers.name_key,
        counted.client_count > 1 or counted.contact_count > 1 as is_shared
    from bearers
    inner join names_counted as counted
        on bearers.firm_id = counted.firm_id and bearers.name_key = counted.name_key

),

ties_by_name as (

    select
        clients.firm_id,
        clients.bearer_id as client_id,
        contacts.bearer_id as contact_id
    from names_borne as clients
    inner join names_borne as contacts
        on clients.firm_id = contacts.firm_id and clients.name_key = contacts.name_key
    where clients.bearer_kind = 'client' and contacts.bearer_kind = 'contact' and not clients.is_shared

),

pairs_of_equal_number_and_total as (

    -- Dead documents and those of nothing teach nothing.
    select distinct
        bills.firm_id,
        bills.client_id,
        bills.bill_id,
        invoices.contact_id,
        invoices.invoice_id
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and list_contains(bills.totals, invoices.total_amount)
            and {{ same_currency('bills.currency_code', 'invoices.currency_code') }}
    where
        bills.client_id is not null
        and bills.is_client_visible
        and invoices.contact_id is not null
        and bills.bill_class <> 'dead'
        and invoices.invoice_class <> 'dead'
        and invoices.total_amount <> 0

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

contacts_that_bear_another_clients_name as (

    select distinct
        learnt.firm_id,
        learnt.client_id
    from contacts_that_documents_point_to as learnt
    inner join names_borne as names
        on
            learnt.firm_id = names.firm_id
            and names.bearer_kind = 'contact'
            and learnt.contact_id = names.bearer_id
    inner join names_borne as others
        on
            names.firm_id = others.firm_id
            and others.bearer_kind = 'client'
            and names.name_key = others.name_key
            and learnt.client_id <> others.bearer_id

),

ties_by_documents as (

    -- The same error made twice proves nothing: a contact with another client's name is that client's.
    select
        learnt.firm_id,
        learnt.client_id,
        learnt.contact_id
    from contacts_that_documents_point_to as learnt
    left join contacts_that_bear_another_clients_name as others
        on learnt.firm_id = others.firm_id and learnt.client_id = others.client_id
    where others.client_id is null

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
    inner join {{ ref('int_sales_invoices') }} as invoices
        on
            matches.firm_id = invoices.firm_id
            and matches.invoice_id = invoices.invoice_id
    where bills.client_id is not null and invoices.contact_id is not null

),

ties as (

    select * from ties_by_name
    union
    select * from ties_by_documents
    union
    select * from ties_by_a_person

),

contacts_of_each_client as (

    select * from ties

    union

    -- Entries may still name a contact that was merged into the one that stands.
    select
        ties.firm_id,
        ties.client_id,
        contacts.contact_id
    from ties
    inner join {{ ref('int_xero_contacts') }} as contacts
        on ties.firm_id = contacts.firm_id and ties.contact_id = contacts.standing_contact_id

),

namesakes as (

    select
        firm_id,
        bearer_id as client_id,
        name_key
    from names_borne
    where bearer_kind = 'client' and is_shared

),

contacts_by_name as (

    select
        firm_id,
        bearer_id as contact_id,
        name_key
    from names_borne
    where bearer_kind = 'contact'

    union

    select
        contacts.firm_id,
        contacts.bearer_id as contact_id,
        regexp_replace(contacts.name_key, ' [^ ]+$', '') as name_key
    from names_borne as contacts
    left join names_borne as clients
        on
            contacts.firm_id = clients.firm_id
            and clients.bearer_kind = 'client'
            and contacts.name_key = clients.name_key
    where contacts.bearer_kind = 'contact' and contains(contacts.name_key, ' ') and clients.bearer_id is null

)

select
    firm_id,
    client_id,
    contact_id,
    'same' as relation
from contacts_of_each_client

union all

select distinct
    namesakes.firm_id,
    namesakes.client_id,
    contacts.contact_id,
    'alike' as relation
from namesakes
inner join contacts_by_name as contacts
    on namesakes.firm_id = contacts.firm_id and namesakes.name_key = contacts.name_key
left join contacts_of_each_client as known
    on
        namesakes.firm_id = known.firm_id
        and namesakes.client_id = known.client_id
        and contacts.contact_id = known.contact_id
where known.client_id is null
