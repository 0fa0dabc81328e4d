-- Every bill in scope and every invoice stands in exactly one row, an interest invoice in the row of its pair, a credit
-- note in the row of the negative bill that it is the partner of. Receivables are in the firm's own currency: an
-- invoice at its rate, its bill at the same where the currencies agree, else at what the currency was last worth. A
-- document without a partner is out of scope, whatever it amounts to, where the firm says that it never comes from
-- Clio, or where it is dated before the day from which the firm reconciles.
{%- set interest_amounts = [
    'total_amount', 'tax_amount', 'paid_amount', 'credited_amount', 'due_amount', 'xero_ar_amount'
] %}
with

invoices_that_stand_alone as (

    select invoices.*
    from {{ ref('int_invoices_valued') }} as invoices
    left join {{ ref('int_interest_invoices') }} as children
        on invoices.firm_id = children.firm_id and invoices.invoice_id = children.invoice_id
    where children.invoice_id is null

),

interest_of_each_pair as (

    -- Which they are, the oldest first, and what they add to the pair. A draft carries no receivable yet.
    select
        children.firm_id,
        children.bill_id,
        min_by(children.invoice_id, (invoices.issued_date, children.invoice_id)) as interest_invoice_id,
        string_agg(children.invoice_id, ',' order by invoices.issued_date, children.invoice_id)
            as interest_invoice_ids,
        {%- for amount in interest_amounts %}
            cast(sum(invoices.{{ amount }}) as decimal(18, 2)) as {{ amount }},
        {%- endfor %}
        cast(sum({{ in_own_currency('invoices.xero_ar_amount', 'invoices.currency_rate') }}) as decimal(18, 2))
            as own_ar_amount,
        cast(sum(case when invoices.invoice_class = 'live' then invoices.total_amount else 0 end) as decimal(18, 2))
            as live_total_amount,
        max(invoices.changed_at) as changed_at
    from {{ ref('int_interest_invoices') }} as children
    inner join {{ ref('int_sales_invoices') }} as invoices
        on children.firm_id = invoices.firm_id and children.invoice_id = invoices.invoice_id
    group by children.firm_id, children.bill_id

),

bills_with_their_invoice as (

    select
        bills.*,
        pairs.invoice_id,
        pairs.match_rule
    from {{ ref('int_bills_valued') }} as bills
    left join {{ ref('int_pairs') }} as pairs
        on bills.firm_id = pairs.firm_id and bills.bill_id = pairs.bill_id

),

documents_with_a_rate as (

    select
        firm_id,
        currency_code,
        currency_rate,
        issued_date as document_date,
        updated_at,
        invoice_id as document_id
    from {{ ref('stg_xero__invoices') }}
    where invoice_status not in ('DRAFT', 'SUBMITTED', 'DELETED')

    union all

    select
        firm_id,
        currency_code,
        currency_rate,
        credit_note_date as document_date,
        updated_at,
        credit_note_id as document_id
    from {{ ref('stg_xero__credit_notes') }}
    where credit_note_status not in ('DRAFT', 'SUBMITTED', 'DELETED')

),

what_each_currency_was_last_worth as (

    -- The rate of the newest invoice or credit note in it, drafts aside. Xero's rate is foreign per one of the firm's
    -- own.
    select
        documents.firm_id,
        documents.currency_code,
        documents.currency_rate
    from documents_with_a_rate as documents
    inner join {{ ref('int_firms') }} as firms
        on documents.firm_id = firms.firm_id
    where
        documents.currency_code <> coalesce(firms.base_currency_code, documents.currency_code)
        and documents.currency_rate > 0
    qualify
        row_number() over (
            partition by documents.firm_id, documents.currency_code
            order by
                documents.document_date desc nulls last,
                documents.updated_at desc nulls last,
                documents.document_id asc
        ) = 1

),

documents as (

    select
        coalesce(bills.firm_id, invoices.firm_id) as firm_id,
        coalesce(bills.bill_key, invoices.invoice_key) as bill_key,
        bills.bill_id,
        invoices.invoice_id,
        bills.match_rule,
        bills.bill_class,
        invoices.invoice_class,
        coalesce(bills.client_name, invoices.contact_name) as client_name,
        bills.bill_number,
        invoices.invoice_number,
        bills.currency_code as bill_currency_code,
        invoices.currency_code as invoice_currency_code,
        invoices.currency_rate,
        bills.bill_id is not null
        and invoices.invoice_id is not null
        and {{ same_currency('bills.currency_code', 'invoices.currency_code') }} as is_of_one_currency,
        coalesce(bills.clio_ar_amount, 0) as clio_ar_amount,
        coalesce(invoices.xero_ar_amount, 0) as xero_ar_amount,
        coalesce(bills.issued_date, invoices.issued_date) as issued_date,
        coalesce(invoices.is_not_from_clio, false) as is_not_from_clio,
        greatest(bills.changed_at, invoices.changed_at) as changed_at
    from bills_with_their_invoice as bills
    full outer join invoices_that_stand_alone as invoices
        on bills.firm_id = invoices.firm_id and bills.invoice_id = invoices.invoice_id

),

documents_with_their_rates as (

    select
        documents.*,
        case
            when coalesce(documents.invoice_currency_code = firms.base_currency_code, false) then 1
            else coalesce(documents.currency_rate, 1)
        end as invoice_rate,
        case
            when documents.is_of_one_currency then invoice_rate
            when coalesce(documents.bill_currency_code = firms.base_currency_code, true) then 1
            else coalesce(rates.currency_rate, 1)
        end as bill_rate,
        not documents.is_of_one_currency
        and coalesce(documents.bill_currency_code <> firms.base_currency_code, false)
        and rates.currency_rate is null as is_rate_unknown,
        rates.currency_rate as last_rate_of_the_bills_currency,
        case
            when documents.bill_id is not null and documents.invoice_id is not null then null
            when documents.is_not_from_clio then 'not_from_clio'
            when documents.issued_date < firms.start_date then 'before_start_date'
        end as scope_reason,
        {%- for amount in interest_amounts %}
            cast(coalesce(interest.{{ amount }}, 0) as decimal(18, 2)) as interest_{{ amount }},
        {%- endfor %}
        cast(coalesce(interest.live_total_amount, 0) as decimal(18, 2)) as interest_live_total_amount,
        cast(coalesce(interest.own_ar_amount, 0) as decimal(18, 2)) as own_interest_ar_amount,
        interest.interest_invoice_id,
        interest.interest_invoice_ids,
        interest.changed_at as interest_changed_at,
        cast(documents.xero_ar_amount + interest_xero_ar_amount - documents.clio_ar_amount as decimal(18, 2))
            as difference_amount
    from documents
    inner join {{ ref('int_firms') }} as firms
        on documents.firm_id = firms.firm_id
    left join what_each_currency_was_last_worth as rates
        on documents.firm_id = rates.firm_id and documents.bill_currency_code = rates.currency_code
    left join interest_of_each_pair as interest
        on documents.firm_id = interest.firm_id and documents.bill_id = interest.bill_id

),

documents_in_own_currency as (

    select
        *,
        cast({{ in_own_currency('xero_ar_amount', 'invoice_rate') }} + own_interest_ar_amount as decimal(18, 2))
            as own_xero_ar_amount,
        -- Interest invoiced at a rate of its own: what agrees in the documents agrees in the firm's currency.
        cast(
            case
                when is_of_one_currency and interest_xero_ar_amount <> 0
                    then own_xero_ar_amount - {{ in_own_currency('difference_amount', 'invoice_rate') }}
                else {{ in_own_currency('clio_ar_amount', 'bill_rate') }}
            end
            as decimal(18, 2)
        ) as own_clio_ar_amount
    from documents_with_their_rates

)

select
    firm_id,
    bill_key,
    bill_id,
    invoice_id,
    interest_invoice_id,
    interest_invoice_ids,
    case
        when invoice_id is null then 'clio_only'
        when bill_id is null then 'xero_only'
        else 'paired'
    end as pairing,
    match_rule,
    coalesce(bill_class, 'none') as bill_class,
    coalesce(invoice_class, 'none') as invoice_class,
    scope_reason,
    client_name,
    bill_number,
    invoice_number,
    is_of_one_currency,
    own_clio_ar_amount as clio_ar_amount,
    own_xero_ar_amount as xero_ar_amount,
    cast(own_xero_ar_amount - own_clio_ar_amount as decimal(18, 2)) as ar_difference_amount,
    -- What is found between the two documents is found in their currency, where they have one.
    case
        when is_of_one_currency then difference_amount
        else cast(own_xero_ar_amount - own_clio_ar_amount as decimal(18, 2))
    end as document_ar_difference_amount,
    case when is_of_one_currency then invoice_rate else 1 end as effect_rate,
    bill_rate,
    is_rate_unknown,
    last_rate_of_the_bills_currency,
    {%- for amount in interest_amounts %}
        interest_{{ amount }},
    {%- endfor %}
    interest_live_total_amount,
    greatest(changed_at, interest_changed_at) as changed_at
from documents_in_own_currency
