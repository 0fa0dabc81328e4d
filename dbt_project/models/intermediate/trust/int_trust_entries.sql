-- Clio's trust ledger as of the night's day: every entry of a trust account, signed, with its pocket (the matter, or
-- the client where there is no matter). Each says what its pocket held in its account at the end of its day, to which
-- the order within the day does not matter; in a running balance deposits stand before withdrawals.
with

entries_named as (

    select
        entries.firm_id,
        entries.bank_account_id,
        accounts.account_name,
        accounts.compared_account_id as xero_bank_account_id,
        entries.bank_transaction_id,
        coalesce(try_cast(entries.bank_transaction_id as bigint), 0) as entry_number,
        coalesce(entries.entry_date, cast(entries.created_at as date), accounts.as_of_date) as entry_date,
        {{ signed_funds('entries') }} as signed_amount,
        coalesce(entries.client_id, matters.client_id) as client_id,
        coalesce(clients.client_name, entries.client_name, matters.client_name) as client_name,
        clients.client_name_key,
        entries.matter_id,
        coalesce(matters.matter_number, entries.matter_id) as matter_number,
        {{ pocket_key('entries') }} as pocket_key,
        entries.bill_id,
        entries.allocation_id,
        entries.description,
        nullif(lower(trim(entries.confirmation)), '') as slip_key,
        {{ entry_words(['entries.transaction_type', 'entries.bank_transaction_type']) }} as type_words,
        {{ entry_words(['entries.transaction_type', 'entries.description', 'entries.source']) }} as all_words,
        {{ entry_words(['entries.description']) }} as described_words,
        entries.updated_at as changed_at,
        accounts.as_of_date
    from {{ ref('stg_clio__bank_transactions') }} as entries
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    left join {{ ref('stg_clio__matters') }} as matters
        on entries.firm_id = matters.firm_id and entries.matter_id = matters.matter_id
    left join {{ ref('int_clio_clients') }} as clients
        on
            entries.firm_id = clients.firm_id
            and coalesce(entries.client_id, matters.client_id) = clients.client_id

)

select
    * exclude (type_words, all_words, described_words, as_of_date),
    {{ says_reversal('all_words') }} as is_reversal_worded,
    {{ says_move('all_words') }} as is_move_worded,
    bill_id is not null or allocation_id is not null or {{ says_bill('described_words') }} as names_bill,
    signed_amount < 0
    and (
        regexp_matches(type_words, '\bbank charge\b')
        or (matter_id is null and {{ says_bank_charge('described_words') }})
    ) as is_bank_charge,
    signed_amount < 0 and matter_id is null and {{ says_bank_item('described_words') }} as is_bank_item,
    cast(
        sum(signed_amount) over (partition by firm_id, bank_account_id, pocket_key order by entry_date)
        as decimal(18, 2)
    ) as pocket_day_end_amount
from entries_named
where entry_date <= as_of_date
