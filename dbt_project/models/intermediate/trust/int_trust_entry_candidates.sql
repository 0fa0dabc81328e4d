-- Which entry of Clio may be which of Xero: mapped account, sign and amount equal, at most three days apart. The name
-- is only a tie-breaker: 2 says the same client, 0 another client, 1 that Xero names none of our clients.
with

clio_entries as (

    select
        entries.*,
        clients.client_name_key,
        row_number() over (
            partition by entries.firm_id, entries.xero_bank_account_id, entries.signed_amount, entries.entry_date
            order by entries.entry_number, entries.bank_transaction_id
        ) as place_in_its_day
    from {{ ref('int_trust_entries') }} as entries
    left join {{ ref('int_clio_clients') }} as clients
        on entries.firm_id = clients.firm_id and entries.client_id = clients.client_id
    where entries.xero_bank_account_id is not null and entries.signed_amount <> 0

),

xero_entries as (

    select
        *,
        row_number() over (
            partition by firm_id, xero_bank_account_id, signed_amount, entry_date order by entry_key
        ) as place_in_its_day
    from {{ ref('int_xero_trust_entries') }}

),

contacts_tied as (

    select distinct
        firm_id,
        contact_id
    from {{ ref('int_clients_tied') }}

)

select
    clio_entries.firm_id,
    clio_entries.bank_transaction_id,
    xero_entries.entry_key,
    abs(date_diff('day', clio_entries.entry_date, xero_entries.entry_date)) as days_apart,
    abs(clio_entries.place_in_its_day - xero_entries.place_in_its_day) as places_apart,
    clio_entries.entry_number,
    case
        when same_client.contact_id is not null then 2
        when xero_entries.words_key like '%' || clio_entries.client_name_key || '%' then 2
        when clio_entries.client_id is not null and contacts_tied.contact_id is not null then 0
        else 1
    end as likeness
from clio_entries
inner join xero_entries
    on
        clio_entries.firm_id = xero_entries.firm_id
        and clio_entries.xero_bank_account_id = xero_entries.xero_bank_account_id
        and clio_entries.signed_amount = xero_entries.signed_amount
        and xero_entries.entry_date between clio_entries.entry_date - 3 and clio_entries.entry_date + 3
left join {{ ref('int_clients_tied') }} as same_client
    on
        clio_entries.firm_id = same_client.firm_id
        and clio_entries.client_id = same_client.client_id
        and xero_entries.contact_id = same_client.contact_id
left join contacts_tied
    on xero_entries.firm_id = contacts_tied.firm_id and xero_entries.contact_id = contacts_tied.contact_id
