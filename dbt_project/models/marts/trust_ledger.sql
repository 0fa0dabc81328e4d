with

partners as (

    select
        partners.firm_id,
        partners.bank_transaction_id,
        string_agg(distinct xero_entries.entry_id, ',' order by xero_entries.entry_id) as xero_entry_ids
    from {{ ref('int_trust_partners') }} as partners
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on partners.firm_id = xero_entries.firm_id and partners.entry_key = xero_entries.entry_key
    where partners.is_certain
    group by partners.firm_id, partners.bank_transaction_id

)

select
    entries.firm_id,
    entries.bank_account_id as clio_bank_account_id,
    entries.bank_transaction_id as clio_bank_transaction_id,
    entries.client_name,
    entries.matter_number,
    entries.entry_date,
    entries.description,
    cast(greatest(entries.signed_amount, 0) as decimal(18, 2)) as funds_in_amount,
    cast(greatest(-entries.signed_amount, 0) as decimal(18, 2)) as funds_out_amount,
    cast(
        sum(entries.signed_amount) over (
            partition by entries.firm_id, entries.bank_account_id, entries.pocket_key
            order by entries.entry_date, entries.signed_amount < 0, entries.entry_number, entries.bank_transaction_id
            rows between unbounded preceding and current row
        ) as decimal(18, 2)
    ) as running_balance_amount,
    partners.xero_entry_ids as xero_entry_id,
    settled.match_status
from {{ ref('int_trust_entries') }} as entries
inner join {{ ref('int_trust_entries_settled') }} as settled
    on
        entries.firm_id = settled.firm_id
        and settled.side = 'clio'
        and entries.bank_transaction_id = settled.entry_key
left join partners
    on entries.firm_id = partners.firm_id and entries.bank_transaction_id = partners.bank_transaction_id
