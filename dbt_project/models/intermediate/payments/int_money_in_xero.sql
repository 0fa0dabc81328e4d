-- What in Xero may be money that Clio has and an invoice lacks: money received that is on no invoice, transfers out of
-- trust, credits with something left, and payments without partner. Each with its contact or bill, what is left of it,
-- its day, how a person would know it, and of bank money all that is said of it. Bank entries of accounts for client
-- money are not receipts of the firm.
with

trust_banks as (

    select
        mapped.firm_id,
        mapped.xero_bank_account_id as account_id,
        any_value(concat_ws(' ', accounts.account_code, accounts.account_name)) as account
    from {{ ref('stg_evidence__trust_accounts') }} as mapped
    left join {{ ref('stg_xero__accounts') }} as accounts
        on mapped.firm_id = accounts.firm_id and mapped.xero_bank_account_id = accounts.account_id
    group by mapped.firm_id, mapped.xero_bank_account_id

),

lines_of_bank_money as (

    select
        firm_id,
        bank_transaction_id,
        string_agg(description, ' / ' order by position) as descriptions
    from {{ ref('stg_xero__bank_transaction_lines') }}
    group by firm_id, bank_transaction_id

),

payments_of_invoices_without_bill as (

    select applied.*
    from {{ ref('int_xero_applications') }} as applied
    left join {{ ref('int_invoices_of_bills') }} as compared
        on applied.firm_id = compared.firm_id and applied.invoice_id = compared.invoice_id
    where
        compared.invoice_id is null
        and applied.kind = 'payment'
        and applied.credit_id is null
        and not applied.is_reversed

)

select
    entries.firm_id,
    'bank money' as thing_kind,
    entries.bank_transaction_id as thing_id,
    nullif(entries.reference, '') as thing_number,
    nullif(entries.contact_id, '') as contact_id,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as payment_kind,
    entries.total_amount as amount,
    entries.entry_date as thing_date,
    cast(null as varchar) as from_account_id,
    concat_ws(' / ', entries.reference, entries.contact_name, lines.descriptions) as said,
    'the ' || {{ money_text('entries.total_amount') }} || ' received on ' || entries.entry_date
    || coalesce(' in ' || nullif(concat_ws(' ', accounts.account_code, accounts.account_name), ''), '')
    || coalesce(' from ' || nullif(entries.contact_name, ''), '')
    || coalesce(' (' || nullif(entries.reference, '') || ')', '') as words
from {{ ref('stg_xero__bank_transactions') }} as entries
left join {{ ref('stg_xero__accounts') }} as accounts
    on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.account_id
left join trust_banks
    on entries.firm_id = trust_banks.firm_id and entries.bank_account_id = trust_banks.account_id
left join lines_of_bank_money as lines
    on entries.firm_id = lines.firm_id and entries.bank_transaction_id = lines.bank_transaction_id
where
    entries.bank_transaction_type = 'RECEIVE'
    and entries.bank_transaction_status = 'AUTHORISED'
    and entries.entry_date is not null
    and trust_banks.account_id is null

union all

select
    transfers.firm_id,
    'transfer' as thing_kind,
    transfers.bank_transfer_id as thing_id,
    nullif(transfers.reference, '') as thing_number,
    cast(null as varchar) as contact_id,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as payment_kind,
    transfers.transfer_amount as amount,
    transfers.transfer_date as thing_date,
    transfers.from_account_id,
    cast(null as varchar) as said,
    'the transfer of ' || {{ money_text('transfers.transfer_amount') }} || ' on ' || transfers.transfer_date
    || ' from ' || trust_banks.account
    || coalesce(' to ' || nullif(concat_ws(' ', accounts.account_code, accounts.account_name), ''), '')
    || coalesce(' (' || nullif(transfers.reference, '') || ')', '') as words
from {{ ref('stg_xero__bank_transfers') }} as transfers
inner join trust_banks
    on transfers.firm_id = trust_banks.firm_id and transfers.from_account_id = trust_banks.account_id
left join {{ ref('stg_xero__accounts') }} as accounts
    on transfers.firm_id = accounts.firm_id and transfers.to_account_id = accounts.account_id
where coalesce(transfers.transfer_status, 'AUTHORISED') = 'AUTHORISED' and transfers.transfer_date is not null

union all

select
    firm_id,
    credit_kind as thing_kind,
    credit_id as thing_id,
    nullif(credit_number, '') as thing_number,
    contact_id,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as payment_kind,
    remaining_amount as amount,
    credit_date as thing_date,
    cast(null as varchar) as from_account_id,
    cast(null as varchar) as said,
    'the ' || credit_kind || coalesce(' ' || nullif(credit_number, ''), '')
    || coalesce(' of ' || credit_date, '') || ' with ' || {{ money_text('remaining_amount') }} || ' left' as words
from {{ ref('int_credits_remaining') }}

union all

select
    sets.firm_id,
    'payment' as thing_kind,
    sets.xero_entry_ids as thing_id,
    invoices.invoice_number as thing_number,
    cast(null as varchar) as contact_id,
    sets.bill_id,
    sets.kind as payment_kind,
    sets.xero_amount as amount,
    sets.xero_date as thing_date,
    cast(null as varchar) as from_account_id,
    cast(null as varchar) as said,
    'the ' || sets.kind || ' of ' || {{ money_text('sets.xero_amount') }} || ' of '
    || sets.xero_date || ' on invoice ' || coalesce(invoices.invoice_number, 'without a number') as words
from {{ ref('int_payment_sets') }} as sets
inner join {{ ref('int_invoices_valued') }} as invoices
    on sets.firm_id = invoices.firm_id and sets.invoice_id = invoices.invoice_id
where sets.how = 'alone' and sets.xero_amount > 0 and sets.xero_date is not null

union all

select
    payments.firm_id,
    'payment' as thing_kind,
    payments.entry_id as thing_id,
    invoices.invoice_number as thing_number,
    invoices.contact_id,
    cast(null as varchar) as bill_id,
    'payment' as payment_kind,
    payments.amount,
    payments.entry_date as thing_date,
    cast(null as varchar) as from_account_id,
    cast(null as varchar) as said,
    'the payment of ' || {{ money_text('payments.amount') }} || ' of ' || payments.entry_date
    || ' on invoice ' || coalesce(invoices.invoice_number, 'without a number') as words
from payments_of_invoices_without_bill as payments
inner join {{ ref('int_invoices_valued') }} as invoices
    on payments.firm_id = invoices.firm_id and payments.invoice_id = invoices.invoice_id
where payments.amount > 0 and payments.entry_date is not null
