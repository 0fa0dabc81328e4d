-- The book side of each mapped trust bank account in Xero, as of the night's day: bank transactions, payments that
-- are not part of a batch, batches as the one line they are at the bank, and both ends of transfers. On an account that
-- is kept by journals: the lines of journals and of other documents.
with

banks_mapped as (

    select distinct
        firm_id,
        compared_account_id as xero_bank_account_id,
        as_of_date
    from {{ ref('int_trust_accounts') }}
    where compared_account_id is not null

),

lines_worded as (

    select
        firm_id,
        bank_transaction_id,
        string_agg(description, ' ' order by position) as described
    from {{ ref('stg_xero__bank_transaction_lines') }}
    group by firm_id, bank_transaction_id

),

clients_of_contacts as (

    select
        firm_id,
        contact_id,
        list(client_id order by client_id) as client_ids
    from {{ ref('int_client_contacts') }}
    where relation = 'same'
    group by firm_id, contact_id

),

transfers as (

    select *
    from {{ ref('stg_xero__bank_transfers') }}
    where coalesce(transfer_status, 'AUTHORISED') = 'AUTHORISED'

),

entries as (

    select
        entries.firm_id,
        entries.bank_account_id as account_id,
        entries.bank_transaction_id as entry_id,
        entries.bank_transaction_id as entry_key,
        case when entries.bank_transaction_type like 'RECEIVE%' then 'money received' else 'money spent' end
            as entry_kind,
        entries.entry_date,
        case when entries.bank_transaction_type like 'RECEIVE%' then 1 else -1 end
        * entries.total_amount as signed_amount,
        entries.contact_id,
        entries.contact_name,
        {{ entry_words(['entries.reference', 'lines_worded.described', 'entries.contact_name']) }} as words,
        coalesce(entries.reference, lines_worded.described) as description,
        {{ entry_words(['entries.reference', 'lines_worded.described']) }} as described_words,
        entries.reference as slip_name,
        entries.updated_at as changed_at
    from {{ ref('stg_xero__bank_transactions') }} as entries
    left join lines_worded
        on entries.firm_id = lines_worded.firm_id and entries.bank_transaction_id = lines_worded.bank_transaction_id
    where
        entries.bank_transaction_status = 'AUTHORISED'
        -- A transfer may show here as well, under the ids that the transfer itself names.
        and not exists (
            select 1
            from {{ ref('stg_xero__bank_transfers') }} as transfers
            where
                transfers.firm_id = entries.firm_id
                and entries.bank_transaction_id in (
                    transfers.from_bank_transaction_id, transfers.to_bank_transaction_id
                )
        )

    union all

    select
        firm_id,
        account_id,
        payment_id as entry_id,
        payment_id as entry_key,
        'payment' as entry_kind,
        payment_date as entry_date,
        {{ payment_sign('payment_type') }} * coalesce(bank_amount, payment_amount) as signed_amount,
        contact_id,
        contact_name,
        {{ entry_words(['reference', 'invoice_number', 'contact_name']) }} as words,
        coalesce(reference, 'payment of ' || invoice_number) as description,
        {{ entry_words(['reference']) }} as described_words,
        coalesce(batch_payment_id, reference) as slip_name,
        updated_at as changed_at
    from {{ ref('stg_xero__payments') }} as payments
    where
        payment_status = 'AUTHORISED'
        and not exists (
            select 1
            from {{ ref('stg_xero__batch_payments') }} as batches
            where batches.firm_id = payments.firm_id and batches.batch_payment_id = payments.batch_payment_id
        )

    union all

    select
        firm_id,
        account_id,
        batch_payment_id as entry_id,
        batch_payment_id as entry_key,
        'batch payment' as entry_kind,
        batch_date as entry_date,
        case when batch_type = 'RECBATCH' then 1 else -1 end * total_amount as signed_amount,
        cast(null as varchar) as contact_id,
        cast(null as varchar) as contact_name,
        {{ entry_words(['reference']) }} as words,
        reference as description,
        {{ entry_words(['reference']) }} as described_words,
        reference as slip_name,
        updated_at as changed_at
    from {{ ref('stg_xero__batch_payments') }}
    where coalesce(batch_status, 'AUTHORISED') = 'AUTHORISED'

    {%- for end, sign in [('from', '-1'), ('to', '1')] %}

        union all

        select
            firm_id,
            {{ end }}_account_id as account_id,
            bank_transfer_id as entry_id,
            bank_transfer_id || ':{{ end }}' as entry_key,
            'transfer' as entry_kind,
            transfer_date as entry_date,
            {{ sign }} * transfer_amount as signed_amount,
            cast(null as varchar) as contact_id,
            cast(null as varchar) as contact_name,
            {{ entry_words(['reference']) }} as words,
            reference as description,
            {{ entry_words(['reference']) }} as described_words,
            reference as slip_name,
            created_at as changed_at
        from transfers
    {%- endfor %}

    union all

    select
        firm_id,
        account_id,
        entry_id,
        -- One document may stand on several accounts.
        entry_id || ' on ' || account_id as entry_key,
        document_kind as entry_kind,
        entry_date,
        signed_amount,
        contact_id,
        contact_name,
        {{ entry_words(['document_text', 'description', 'contact_name']) }} as words,
        coalesce(description, document_text) as description,
        {{ entry_words(['document_text', 'description']) }} as described_words,
        document_text as slip_name,
        changed_at
    from {{ ref('int_xero_lines_on_trust_accounts') }}

),

entries_of_the_banks as (

    select
        entries.firm_id,
        entries.account_id as xero_bank_account_id,
        entries.entry_id,
        entries.entry_key,
        entries.entry_kind,
        entries.entry_date,
        cast(entries.signed_amount as decimal(18, 2)) as signed_amount,
        entries.contact_id,
        entries.contact_name,
        clients_of_contacts.client_ids,
        entries.description,
        nullif(lower(trim(entries.slip_name)), '') as slip_key,
        {{ name_key('entries.words') }} as words_key,
        entries.signed_amount < 0 and {{ says_bank_charge('entries.described_words') }} as is_bank_charge,
        entries.signed_amount < 0 and {{ says_bank_item('entries.described_words') }} as is_bank_item,
        entries.changed_at
    from entries
    inner join banks_mapped
        on entries.firm_id = banks_mapped.firm_id and entries.account_id = banks_mapped.xero_bank_account_id
    left join clients_of_contacts
        on entries.firm_id = clients_of_contacts.firm_id and entries.contact_id = clients_of_contacts.contact_id
    where entries.entry_date <= banks_mapped.as_of_date

),

-- What only may be a charge by its words (a returned cheque) is none where it takes back what came in before.
items_that_take_back_a_deposit as (

    select distinct
        items.firm_id,
        items.entry_key
    from entries_of_the_banks as items
    inner join entries_of_the_banks as deposits
        on
            items.firm_id = deposits.firm_id
            and items.xero_bank_account_id = deposits.xero_bank_account_id
            and items.signed_amount = -deposits.signed_amount
            and deposits.entry_date between items.entry_date - 31 and items.entry_date
    where items.is_bank_item

)

select
    entries.* exclude (is_bank_item)
    replace (entries.is_bank_charge or (entries.is_bank_item and taken_back.firm_id is null) as is_bank_charge)
from entries_of_the_banks as entries
left join items_that_take_back_a_deposit as taken_back
    on entries.firm_id = taken_back.firm_id and entries.entry_key = taken_back.entry_key
