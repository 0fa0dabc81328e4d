-- Which entry of Clio may be which of Xero: mapped account, sign and amount equal, at most three days apart. Whether the
-- two name the same client decides first among several: a contact tied to no client of ours names nobody.
with

clio_entries as (

    select
        entries.*,
        clients.client_name_key
    from {{ ref('int_trust_entries') }} as entries
    left join {{ ref('int_clio_clients') }} as clients
        on entries.firm_id = clients.firm_id and entries.client_id = clients.client_id
    where entries.xero_bank_account_id is not null and entries.signed_amount <> 0

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
    clio_entries.entry_date,
    clio_entries.entry_number,
    xero_entries.entry_date as xero_entry_date,
    abs(date_diff('day', clio_entries.entry_date, xero_entries.entry_date)) as days_apart,
    coalesce(
        same_client.contact_id is not null
        or contains(' ' || xero_entries.words_key || ' ', ' ' || clio_entries.client_name_key || ' '),
        false
    ) as is_same_client,
    clio_entries.client_id is not null and contacts_tied.contact_id is not null and not is_same_client
        as is_other_client
from clio_entries
inner join {{ ref('int_xero_trust_entries') }} as xero_entries
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
