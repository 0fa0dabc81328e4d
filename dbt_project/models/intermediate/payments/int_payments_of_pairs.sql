-- Payments and credits on either side of the pairs that can be compared, taken back or not. What is 0.00 takes no part.
-- A pocket is where the money went, in Clio's words on both sides: an account of Clio, or 'trust'; it only decides
-- between equals. A payment to an expense account (say "Bad debts") that writes off what a credit in Clio writes off is
-- a credit too.
with

bills as (

    select distinct
        firm_id,
        bill_id,
        invoice_class
    from {{ ref('int_invoices_of_bills') }}

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
        greatest(
            {{ change_stamp('allocations.updated_at', 'allocations.loaded_at') }},
            {{ change_stamp('allocations.voided_at', 'allocations.loaded_at') }}
        ) as changed_at
    from bills
    inner join {{ ref('stg_clio__allocations') }} as allocations
        on bills.firm_id = allocations.firm_id and bills.bill_id = allocations.bill_id

    union all by name

    select
        *,
        'xero' as side
    from {{ ref('int_xero_payments_of_bills') }}

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
