-- What may be the payment or credit that an invoice lacks, or that a bill lacks: one row per set without partner and
-- thing that it may be. In Xero that is money received that is on no invoice and transfers out of trust, and payments
-- without partner, within seven days; and credits with as much left, whatever their day. Bank entries of accounts for
-- client money are no receipts of the firm. Five of a set are named, the nearest, and all are counted.
{%- set days = 7 %}
{%- set most = 5 %}
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
    left join {{ ref('int_payments_of_pairs') }} as compared
        on
            applied.firm_id = compared.firm_id
            and compared.side = 'xero'
            and applied.invoice_id = compared.invoice_id
            and applied.entry_id = compared.entry_id
    where
        compared.invoice_id is null
        and applied.kind = 'payment'
        and applied.credit_id is null
        and not applied.is_reversed

),

money_in_xero as (

    select
        entries.firm_id,
        'bank money' as thing_kind,
        entries.bank_transaction_id as thing_id,
        nullif(entries.reference, '') as thing_number,
        nullif(entries.contact_id, '') as contact_id,
        entries.total_amount as amount,
        entries.entry_date as thing_date,
        concat_ws(' / ', entries.reference, entries.contact_name, lines.descriptions) as said,
        nullif(concat_ws(' ', accounts.account_code, accounts.account_name), '') as account,
        nullif(entries.contact_name, '') as contact_name
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

    union all by name

    select
        transfers.firm_id,
        'transfer' as thing_kind,
        transfers.bank_transfer_id as thing_id,
        nullif(transfers.reference, '') as thing_number,
        transfers.transfer_amount as amount,
        transfers.transfer_date as thing_date,
        nullif(concat_ws(' ', accounts.account_code, accounts.account_name), '') as account,
        trust_banks.account as from_account
    from {{ ref('stg_xero__bank_transfers') }} as transfers
    inner join trust_banks
        on transfers.firm_id = trust_banks.firm_id and transfers.from_account_id = trust_banks.account_id
    left join {{ ref('stg_xero__accounts') }} as accounts
        on transfers.firm_id = accounts.firm_id and transfers.to_account_id = accounts.account_id
    where coalesce(transfers.transfer_status, 'AUTHORISED') = 'AUTHORISED' and transfers.transfer_date is not null

    union all by name

    select
        firm_id,
        credit_kind as thing_kind,
        credit_id as thing_id,
        nullif(credit_number, '') as thing_number,
        contact_id,
        remaining_amount as amount,
        credit_date as thing_date
    from {{ ref('int_credits_remaining') }}

    union all by name

    select
        sets.firm_id,
        'payment' as thing_kind,
        sets.xero_entry_ids as thing_id,
        invoices.invoice_number as thing_number,
        bills.client_id,
        sets.bill_id,
        sets.kind as payment_kind,
        sets.xero_amount as amount,
        sets.xero_date as thing_date
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_bills_valued') }} as bills
        on sets.firm_id = bills.firm_id and sets.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on sets.firm_id = invoices.firm_id and sets.invoice_id = invoices.invoice_id
    where sets.how = 'alone' and sets.xero_amount > 0 and sets.xero_date is not null

    union all by name

    select
        payments.firm_id,
        'payment' as thing_kind,
        payments.entry_id as thing_id,
        invoices.invoice_number as thing_number,
        invoices.contact_id,
        'payment' as payment_kind,
        payments.amount,
        payments.entry_date as thing_date
    from payments_of_invoices_without_bill as payments
    inner join {{ ref('int_invoices_valued') }} as invoices
        on payments.firm_id = invoices.firm_id and payments.invoice_id = invoices.invoice_id
    where payments.amount > 0 and payments.entry_date is not null

),

sets_without_partner as (

    select
        sets.firm_id,
        sets.set_key,
        sets.bill_id,
        sets.kind,
        sets.clio_source,
        sets.clio_entry_ids,
        sets.xero_entry_ids,
        coalesce(sets.clio_amount, sets.xero_amount) as amount,
        coalesce(sets.clio_date, sets.xero_date) as entry_date,
        bills.client_id,
        bills.bill_number,
        bills.number_key,
        {{ name_key('bills.client_name') }} as client_name_key,
        invoices.contact_id
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_bills_valued') }} as bills
        on sets.firm_id = bills.firm_id and sets.bill_id = bills.bill_id
    inner join {{ ref('int_documents_paired') }} as documents
        on sets.firm_id = documents.firm_id and sets.bill_id = documents.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    where
        sets.how = 'alone'
        and sets.outcome <> 'payment_on_wrong_bill'
        and coalesce(sets.clio_amount, sets.xero_amount) > 0

),

missing_in_xero as (

    select *
    from sets_without_partner
    where clio_entry_ids is not null

),

contacts_of_the_client as (

    select
        firm_id,
        set_key,
        contact_id
    from missing_in_xero
    where contact_id is not null

    union

    select
        missing.firm_id,
        missing.set_key,
        ties.contact_id
    from missing_in_xero as missing
    inner join {{ ref('int_client_contacts') }} as ties
        on missing.firm_id = ties.firm_id and missing.client_id = ties.client_id and ties.relation = 'same'

),

contacts_of_clients as (

    select distinct
        firm_id,
        contact_id
    from {{ ref('int_client_contacts') }}

),

found as (

    -- Of the client's contacts.
    select
        missing.firm_id,
        missing.set_key,
        missing.entry_date,
        things.* exclude (firm_id)
    from missing_in_xero as missing
    inner join contacts_of_the_client as contacts
        on missing.firm_id = contacts.firm_id and missing.set_key = contacts.set_key
    inner join money_in_xero as things
        on contacts.firm_id = things.firm_id and contacts.contact_id = things.contact_id
    where
        (
            things.thing_kind in ('bank money', 'payment')
            and missing.kind = 'payment'
            and things.amount = missing.amount
            and things.thing_date between missing.entry_date - {{ days }} and missing.entry_date + {{ days }}
        )
        or (
            things.thing_kind = case missing.kind when 'credit' then 'credit note' else things.thing_kind end
            and things.thing_kind in ('credit note', 'overpayment', 'prepayment')
            and things.amount >= missing.amount
        )

    union all

    -- Of that amount and time: money of nobody, and transfers out of trust for a payment from there; and money of
    -- somebody who is no client of ours, an insurer or a relative, where the entry names the bill or the client.
    select
        missing.firm_id,
        missing.set_key,
        missing.entry_date,
        things.* exclude (firm_id)
    from missing_in_xero as missing
    inner join money_in_xero as things
        on
            missing.firm_id = things.firm_id
            and missing.amount = things.amount
            and things.thing_date between missing.entry_date - {{ days }} and missing.entry_date + {{ days }}
            and things.thing_kind in ('bank money', 'transfer')
    left join contacts_of_clients as known
        on things.firm_id = known.firm_id and things.contact_id = known.contact_id
    where
        missing.kind = 'payment'
        and case
            when things.thing_kind = 'transfer' then missing.clio_source = 'trust'
            when things.contact_id is null then true
            else
                known.contact_id is null
                and (
                    {{ names_number(fold_case('things.said'), 'missing.number_key') }}
                    or contains(' ' || {{ name_key('things.said') }} || ' ', ' ' || missing.client_name_key || ' ')
                )
        end

    union all

    -- On another invoice of the client, or on the same one as the other kind.
    select
        missing.firm_id,
        missing.set_key,
        missing.entry_date,
        things.* exclude (firm_id)
        replace (case when missing.bill_id = things.bill_id then 'other kind' else things.thing_kind end as thing_kind)
    from missing_in_xero as missing
    inner join money_in_xero as things
        on
            missing.firm_id = things.firm_id
            and missing.client_id = things.client_id
            and missing.amount = things.amount
            and things.thing_date between missing.entry_date - {{ days }} and missing.entry_date + {{ days }}
            and (missing.bill_id = things.bill_id) = (missing.kind <> things.payment_kind)

    union all by name

    -- The other way round: what Xero has and the bill lacks may stand in Clio on another bill, or as the other kind.
    select
        unheard.firm_id,
        unheard.set_key,
        unheard.entry_date,
        case when unheard.bill_id = clio.bill_id then 'other kind' else 'payment' end as thing_kind,
        clio.clio_entry_ids as thing_id,
        clio.bill_number as thing_number,
        clio.kind as payment_kind,
        clio.amount,
        clio.entry_date as thing_date,
        true as is_in_clio
    from sets_without_partner as unheard
    inner join missing_in_xero as clio
        on
            unheard.firm_id = clio.firm_id
            and unheard.client_id = clio.client_id
            and unheard.amount = clio.amount
            and clio.entry_date between unheard.entry_date - {{ days }} and unheard.entry_date + {{ days }}
    where
        unheard.xero_entry_ids is not null
        and (unheard.bill_id = clio.bill_id) = (unheard.kind <> clio.kind)

)

select
    firm_id,
    set_key,
    thing_kind,
    thing_id,
    min(thing_number) as thing_number,
    min(amount) as thing_amount,
    min(thing_date) as thing_date,
    min(account) as account,
    min(from_account) as from_account,
    min(contact_name) as contact_name,
    min(payment_kind) as payment_kind,
    bool_or(coalesce(is_in_clio, false)) as is_in_clio,
    min({{ days_apart('entry_date', 'thing_date') }}) as days_apart,
    row_number() over (
        partition by firm_id, set_key order by days_apart nulls last, thing_kind, thing_id
    ) as place,
    count(*) over (partition by firm_id, set_key) as candidate_count
from found
group by firm_id, set_key, thing_kind, thing_id
qualify place <= {{ most }}
