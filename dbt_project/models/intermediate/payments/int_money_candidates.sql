-- What may be the payment or credit that an invoice lacks, or that a bill lacks: one row per set without partner and
-- thing that it may be. Money received and transfers within seven days, and payments without partner; credits with as
-- much left whatever their day. Five of a set are named, the nearest, and all are counted.
{%- set days = 7 %}
{%- set most = 5 %}
with

sets_without_partner as (

    select
        sets.firm_id,
        sets.set_key,
        sets.bill_id,
        sets.kind,
        sets.outcome,
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
        things.thing_kind,
        things.thing_id,
        things.thing_number,
        things.words,
        {{ days_apart('missing.entry_date', 'things.thing_date') }} as days_apart
    from missing_in_xero as missing
    inner join contacts_of_the_client as contacts
        on missing.firm_id = contacts.firm_id and missing.set_key = contacts.set_key
    inner join {{ ref('int_money_in_xero') }} as things
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

    -- Of nobody: money without a contact, and transfers out of the trust account that the payment came from.
    select
        missing.firm_id,
        missing.set_key,
        things.thing_kind,
        things.thing_id,
        things.thing_number,
        things.words,
        {{ days_apart('missing.entry_date', 'things.thing_date') }} as days_apart
    from missing_in_xero as missing
    inner join {{ ref('int_money_in_xero') }} as things
        on
            missing.firm_id = things.firm_id
            and missing.amount = things.amount
            and things.contact_id is null
            and things.thing_date between missing.entry_date - {{ days }} and missing.entry_date + {{ days }}
    where
        missing.kind = 'payment'
        and (things.thing_kind = 'bank money' or (things.thing_kind = 'transfer' and missing.clio_source = 'trust'))

    union all

    -- Of somebody who is no client of ours, an insurer or a relative, where the entry names the bill or the client.
    select
        missing.firm_id,
        missing.set_key,
        things.thing_kind,
        things.thing_id,
        things.thing_number,
        things.words,
        {{ days_apart('missing.entry_date', 'things.thing_date') }} as days_apart
    from missing_in_xero as missing
    inner join {{ ref('int_money_in_xero') }} as things
        on
            missing.firm_id = things.firm_id
            and missing.amount = things.amount
            and things.thing_kind = 'bank money'
            and things.thing_date between missing.entry_date - {{ days }} and missing.entry_date + {{ days }}
    left join contacts_of_clients as known
        on things.firm_id = known.firm_id and things.contact_id = known.contact_id
    where
        missing.kind = 'payment'
        and things.contact_id is not null
        and known.contact_id is null
        and (
            {{ names_number(fold_case('things.said'), 'missing.number_key') }}
            or contains(' ' || {{ name_key('things.said') }} || ' ', ' ' || missing.client_name_key || ' ')
        )

    union all

    -- On another invoice of the client, or on the same one as the other kind.
    select
        missing.firm_id,
        missing.set_key,
        case when missing.bill_id = things.bill_id then 'other kind' else 'payment' end as thing_kind,
        things.thing_id,
        things.thing_number,
        things.words,
        {{ days_apart('missing.entry_date', 'things.thing_date') }} as days_apart
    from missing_in_xero as missing
    inner join {{ ref('int_money_in_xero') }} as things
        on
            missing.firm_id = things.firm_id
            and missing.amount = things.amount
            and things.thing_date between missing.entry_date - {{ days }} and missing.entry_date + {{ days }}
    inner join {{ ref('int_bills_valued') }} as bills
        on things.firm_id = bills.firm_id and things.bill_id = bills.bill_id and missing.client_id = bills.client_id
    where
        (missing.bill_id = things.bill_id and missing.kind <> things.payment_kind)
        or (missing.bill_id <> things.bill_id and missing.kind = things.payment_kind)

    union all

    -- The other way round: what Xero has and the bill lacks may stand in Clio on another bill, or as the other kind.
    select
        unheard.firm_id,
        unheard.set_key,
        case when unheard.bill_id = clio.bill_id then 'other kind' else 'payment' end as thing_kind,
        clio.clio_entry_ids as thing_id,
        clio.bill_number as thing_number,
        'the ' || clio.kind || ' of ' || {{ money_text('clio.amount') }} || ' of ' || clio.entry_date || ' on bill '
        || coalesce(clio.bill_number, 'without a number') || ' in Clio' as words,
        {{ days_apart('unheard.entry_date', 'clio.entry_date') }} as days_apart
    from sets_without_partner as unheard
    inner join missing_in_xero as clio
        on
            unheard.firm_id = clio.firm_id
            and unheard.client_id = clio.client_id
            and unheard.amount = clio.amount
            and clio.entry_date between unheard.entry_date - {{ days }} and unheard.entry_date + {{ days }}
    where
        unheard.xero_entry_ids is not null
        and (
            (unheard.bill_id = clio.bill_id and unheard.kind <> clio.kind)
            or (unheard.bill_id <> clio.bill_id and unheard.kind = clio.kind)
        )

),

each_once as (

    select
        firm_id,
        set_key,
        thing_kind,
        thing_id,
        min(thing_number) as thing_number,
        min(words) as words,
        min(days_apart) as days_apart
    from found
    group by firm_id, set_key, thing_kind, thing_id

)

select
    *,
    row_number() over (
        partition by firm_id, set_key order by days_apart nulls last, thing_kind, thing_id
    ) as place,
    count(*) over (partition by firm_id, set_key) as candidate_count
from each_once
qualify place <= {{ most }}
