-- Payments and credits on either side of the pairs that can be compared. What is 0.00 takes no part. A pocket is where
-- the money went, in Clio's words on both sides: an account of Clio, or 'trust'; it only decides between equals.
with

accounts_in_xero as (

    select
        accounts.firm_id,
        accounts.account_id,
        accounts.account_class = 'EXPENSE' or fees.xero_account_id is not null as is_for_fees,
        case when trust.xero_liability_account_id is not null then 'trust' else operating.clio_bank_account_id end
            as pocket
    from {{ ref('stg_xero__accounts') }} as accounts
    left join {{ ref('stg_evidence__fee_accounts') }} as fees
        on accounts.firm_id = fees.firm_id and accounts.account_id = fees.xero_account_id
    left join (
        select distinct
            firm_id,
            xero_liability_account_id
        from {{ ref('stg_evidence__trust_accounts') }}
    ) as trust
        on accounts.firm_id = trust.firm_id and accounts.account_id = trust.xero_liability_account_id
    left join (
        select
            firm_id,
            xero_bank_account_id,
            min(clio_bank_account_id) as clio_bank_account_id
        from {{ ref('stg_evidence__operating_accounts') }}
        group by firm_id, xero_bank_account_id
    ) as operating
        on accounts.firm_id = operating.firm_id and accounts.account_id = operating.xero_bank_account_id

),

credit_paid_back as (

    -- A credit that was paid back in part stood on the bill with that part too; the first part of it that was applied.
    select
        refunds.firm_id,
        min_by(applied.entry_id, (applied.entry_date, applied.entry_id)) as entry_id,
        refunds.payment_amount as amount
    from {{ ref('int_xero_refunds') }} as refunds
    inner join {{ ref('int_xero_applications') }} as applied
        on
            refunds.firm_id = applied.firm_id
            and refunds.invoice_id = applied.invoice_id
            and refunds.credit_id = applied.credit_id
            and not applied.is_reversed
    group by refunds.firm_id, refunds.payment_id, refunds.payment_amount

),

paid_back_of_each_part as (

    select
        firm_id,
        entry_id,
        sum(amount) as amount
    from credit_paid_back
    group by firm_id, entry_id

),

entries as (

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
        case when allocations.parent_type = 'CreditMemo' then null else allocations.parent_id end as parent_id,
        case
            when allocations.source_bank_account_type = 'Trust' then 'trust'
            when allocations.source_bank_account_type is not null then 'operating'
            else 'direct'
        end as clio_source,
        allocations.source_bank_account_id as source_account_id,
        allocations.destination_bank_account_id as destination_account_id,
        cast(null as varchar) as xero_account_id,
        false as is_on_fee_account,
        case
            when allocations.source_bank_account_type = 'Trust' then 'trust'
            else allocations.destination_bank_account_id
        end as pocket,
        cast(null as varchar) as batch_payment_id,
        greatest(
            {{ change_stamp('allocations.updated_at', 'allocations.loaded_at') }},
            {{ change_stamp('allocations.voided_at', 'allocations.loaded_at') }}
        ) as changed_at
    from (
        select distinct
            firm_id,
            bill_id,
            invoice_class
        from {{ ref('int_invoices_of_bills') }}
    ) as bills
    inner join {{ ref('stg_clio__allocations') }} as allocations
        on bills.firm_id = allocations.firm_id and bills.bill_id = allocations.bill_id

    union all

    select
        bills.firm_id,
        bills.bill_id,
        bills.invoice_class,
        'xero' as side,
        applied.kind,
        applied.entry_id,
        bills.invoice_id,
        applied.is_reversed,
        applied.entry_date,
        applied.amount + coalesce(paid_back.amount, 0) as amount,
        cast(null as varchar) as parent_id,
        cast(null as varchar) as clio_source,
        cast(null as varchar) as source_account_id,
        cast(null as varchar) as destination_account_id,
        applied.account_id as xero_account_id,
        coalesce(accounts.is_for_fees, false) as is_on_fee_account,
        accounts.pocket,
        applied.batch_payment_id,
        applied.changed_at
    from {{ ref('int_invoices_of_bills') }} as bills
    inner join {{ ref('int_xero_applications') }} as applied
        on bills.firm_id = applied.firm_id and bills.invoice_id = applied.invoice_id
    left join accounts_in_xero as accounts
        on applied.firm_id = accounts.firm_id and applied.account_id = accounts.account_id
    left join paid_back_of_each_part as paid_back
        on applied.firm_id = paid_back.firm_id and applied.entry_id = paid_back.entry_id

    union all

    select
        bills.firm_id,
        bills.bill_id,
        bills.invoice_class,
        'xero' as side,
        'payment' as kind,
        refunds.payment_id as entry_id,
        refunds.invoice_id,
        false as is_reversed,
        refunds.payment_date as entry_date,
        -refunds.payment_amount as amount,
        cast(null as varchar) as parent_id,
        cast(null as varchar) as clio_source,
        cast(null as varchar) as source_account_id,
        cast(null as varchar) as destination_account_id,
        refunds.account_id as xero_account_id,
        false as is_on_fee_account,
        cast(null as varchar) as pocket,
        cast(null as varchar) as batch_payment_id,
        refunds.updated_at as changed_at
    from {{ ref('int_xero_refunds') }} as refunds
    inner join {{ ref('int_invoices_of_bills') }} as bills
        on
            refunds.firm_id = bills.firm_id
            and refunds.bill_id = bills.bill_id
            and refunds.invoice_id = bills.invoice_id

)

select * replace (cast(amount as decimal(18, 2)) as amount)
from entries
where amount <> 0
