-- Payments and credits on either side of the pairs that can be compared, taken back or not. What is 0.00 takes no part.
-- A pocket is where the money went, in Clio's words on both sides: an account of Clio, or 'trust'; it only decides
-- between equals. A payment to an expense account (say "Bad debts") that writes off what a credit in Clio writes off is
-- a credit too. In Xero they are what was applied to the bill's invoices, and money paid back out of a credit that was
-- applied to them: with it, the credit stood on that invoice with what was paid back as well. A refund only counts
-- where Clio has one of its size on the bill; what Clio does not know of leaves receivables as they are.
with

pairs_compared as (

    -- The bill is approved, its invoice (or the credit note that a negative bill is) live or a draft, and both in one
    -- currency.
    select
        firm_id,
        bill_id,
        invoice_class,
        invoice_id,
        interest_invoice_ids
    from {{ ref('int_documents_paired') }}
    where is_of_one_currency and bill_class = 'approved' and invoice_class in ('live', 'draft')

),

documents_compared as (

    select
        firm_id,
        bill_id,
        invoice_class,
        invoice_id
    from pairs_compared

    union all

    select
        firm_id,
        bill_id,
        invoice_class,
        unnest(string_split(interest_invoice_ids, ',')) as invoice_id
    from pairs_compared

),

accounts_with_their_pocket as (

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

refunds_in_xero as (

    select
        payments.firm_id,
        payments.payment_id,
        payments.invoice_id as credit_id,
        payments.account_id,
        payments.payment_date,
        payments.payment_amount,
        payments.changed_at
    from {{ ref('stg_xero__payments') }} as payments
    left join {{ ref('int_pairs') }} as paired
        on payments.firm_id = paired.firm_id and payments.invoice_id = paired.invoice_id
    where
        paired.invoice_id is null
        and payments.payment_type in ('ARCREDITPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT')
        and payments.payment_status = 'AUTHORISED'

),

refunds_that_may_be_clios as (

    select distinct
        allocations.firm_id,
        allocations.bill_id,
        allocations.allocation_id,
        allocations.allocation_date,
        bills.invoice_class,
        applied.invoice_id,
        refunds.payment_id,
        refunds.credit_id,
        refunds.account_id,
        refunds.payment_date,
        refunds.payment_amount,
        refunds.changed_at,
        {{ days_apart('allocations.allocation_date', 'refunds.payment_date') }} as days_apart
    from documents_compared as bills
    inner join {{ ref('stg_clio__allocations') }} as allocations
        on
            bills.firm_id = allocations.firm_id
            and bills.bill_id = allocations.bill_id
            and allocations.voided_at is null
            and allocations.allocation_amount < 0
    inner join {{ ref('int_xero_applications') }} as applied
        on bills.firm_id = applied.firm_id and bills.invoice_id = applied.invoice_id and not applied.is_reversed
    inner join refunds_in_xero as refunds
        on
            applied.firm_id = refunds.firm_id
            and applied.credit_id = refunds.credit_id
            and allocations.allocation_amount = -refunds.payment_amount
    where allocations.allocation_date is not null and refunds.payment_date is not null

),

refunds as (

    {{ choose_partners(
        'refunds_that_may_be_clios',
        within=['firm_id'],
        left_order=['allocation_date', 'allocation_id'],
        right_order=['payment_date', 'payment_id'],
        costs=['days_apart'],
    ) }}

),

parts_that_were_paid_back as (

    -- Of a credit that was paid back in part, the first part of it that was applied.
    select
        refunds.firm_id,
        min_by(applied.entry_id, (applied.entry_date, applied.entry_id)) as entry_id,
        refunds.payment_amount as amount
    from refunds
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
    from parts_that_were_paid_back
    group by firm_id, entry_id

),

bills as (

    select distinct
        firm_id,
        bill_id,
        invoice_class
    from documents_compared

),

payments_as_each_system_calls_them as (

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
        false as is_on_fee_account,
        case
            when allocations.source_bank_account_type = 'Trust' then 'trust'
            else allocations.destination_bank_account_id
        end as pocket,
        allocations.changed_at
    from bills
    inner join {{ ref('stg_clio__allocations') }} as allocations
        on bills.firm_id = allocations.firm_id and bills.bill_id = allocations.bill_id

    union all by name

    select
        bills.firm_id,
        bills.bill_id,
        bills.invoice_class,
        'xero' as side,
        applied.kind,
        applied.entry_id,
        applied.invoice_id,
        applied.is_reversed,
        applied.entry_date,
        cast(applied.amount + coalesce(paid_back.amount, 0) as decimal(18, 2)) as amount,
        applied.account_id as xero_account_id,
        coalesce(accounts.is_for_fees, false) as is_on_fee_account,
        accounts.pocket,
        applied.batch_payment_id,
        applied.changed_at
    from documents_compared as bills
    inner join {{ ref('int_xero_applications') }} as applied
        on bills.firm_id = applied.firm_id and bills.invoice_id = applied.invoice_id
    left join accounts_with_their_pocket as accounts
        on applied.firm_id = accounts.firm_id and applied.account_id = accounts.account_id
    left join paid_back_of_each_part as paid_back
        on applied.firm_id = paid_back.firm_id and applied.entry_id = paid_back.entry_id

    union all by name

    select
        firm_id,
        bill_id,
        invoice_class,
        'xero' as side,
        'payment' as kind,
        payment_id as entry_id,
        invoice_id,
        false as is_reversed,
        payment_date as entry_date,
        -payment_amount as amount,
        account_id as xero_account_id,
        false as is_on_fee_account,
        changed_at
    from refunds

),

payments as (

    select * replace (cast(amount as decimal(18, 2)) as amount)
    from payments_as_each_system_calls_them
    where amount <> 0

),

credits_that_may_be_written_off_in_xero as (

    -- The same amount within three days; a credit in Xero of that amount and time goes first.
    select
        clio.firm_id,
        clio.bill_id,
        clio.entry_id as clio_entry_id,
        clio.entry_date as clio_date,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        xero.kind = 'payment' as is_write_off,
        {{ days_apart('clio.entry_date', 'xero.entry_date') }} as days_apart
    from payments as clio
    inner join payments as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.amount = xero.amount
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where
        clio.side = 'clio'
        and clio.kind = 'credit'
        and not clio.is_reversed
        and xero.side = 'xero'
        and (xero.kind = 'credit' or xero.is_on_fee_account)
        and not xero.is_reversed

),

credits_with_their_partner as (

    {{ choose_partners(
        'credits_that_may_be_written_off_in_xero',
        within=['firm_id', 'bill_id'],
        left_order=['clio_date', 'clio_entry_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['case when is_write_off then 1 else 0 end', 'days_apart'],
    ) }}

)

select payments.* replace (case when write_offs.xero_entry_id is null then payments.kind else 'credit' end as kind)
from payments
left join credits_with_their_partner as write_offs
    on
        payments.firm_id = write_offs.firm_id
        and write_offs.is_write_off
        and payments.side = 'xero'
        and payments.kind = 'payment'
        and payments.entry_id = write_offs.xero_entry_id
