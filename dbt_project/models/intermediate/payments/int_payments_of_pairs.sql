-- Payments and credits on either side of the pairs whose bill is approved and whose invoice is live or a draft, in
-- one currency. What is applied to a pair's interest invoice belongs to the pair.
with

bills_in_question as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_class,
        documents.invoice_id
    from {{ ref('int_pairs_compared') }} as pairs
    inner join {{ ref('int_documents_paired') }} as documents
        on pairs.firm_id = documents.firm_id and pairs.bill_id = documents.bill_id
    where pairs.bill_class = 'approved' and pairs.invoice_class in ('live', 'draft') and pairs.currency_agrees

),

invoices_in_question as (

    select
        firm_id,
        bill_id,
        invoice_class,
        invoice_id
    from bills_in_question

    union all

    select
        bills.firm_id,
        bills.bill_id,
        bills.invoice_class,
        children.invoice_id
    from bills_in_question as bills
    inner join {{ ref('int_interest_paired') }} as children
        on bills.firm_id = children.firm_id and bills.bill_id = children.bill_id

)

select
    bills.firm_id,
    bills.bill_id,
    bills.invoice_class,
    'clio' as side,
    case allocations.parent_type when 'CreditMemo' then 'credit' else 'payment' end as kind,
    allocations.allocation_id as entry_id,
    cast(null as varchar) as invoice_id,
    allocations.voided_at is not null as is_reversed,
    allocations.allocation_date as entry_date,
    coalesce(allocations.allocation_amount, 0) as amount,
    case
        when allocations.source_bank_account_type = 'Trust' then 'trust'
        when allocations.source_bank_account_type is not null then 'operating'
        else 'direct'
    end as clio_source,
    allocations.source_bank_account_id as source_account_id,
    allocations.destination_bank_account_id as destination_account_id,
    cast(null as varchar) as xero_account_id,
    greatest(
        {{ change_stamp('allocations.updated_at', 'allocations.loaded_at') }},
        {{ change_stamp('allocations.voided_at', 'allocations.loaded_at') }}
    ) as changed_at
from bills_in_question as bills
inner join {{ ref('stg_clio__allocations') }} as allocations
    on bills.firm_id = allocations.firm_id and bills.bill_id = allocations.bill_id

union all

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_class,
    'xero' as side,
    applied.kind,
    applied.entry_id,
    pairs.invoice_id,
    applied.is_reversed,
    applied.entry_date,
    applied.amount,
    cast(null as varchar) as clio_source,
    cast(null as varchar) as source_account_id,
    cast(null as varchar) as destination_account_id,
    applied.account_id as xero_account_id,
    applied.changed_at
from invoices_in_question as pairs
inner join {{ ref('int_xero_applications') }} as applied
    on pairs.firm_id = applied.firm_id and pairs.invoice_id = applied.invoice_id
