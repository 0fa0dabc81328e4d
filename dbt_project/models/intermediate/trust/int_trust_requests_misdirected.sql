-- Trust requests that were paid into an operating account: by the allocation's destination, or by the bank entry.
with

operating_accounts as (

    select
        firm_id,
        bank_account_id,
        bank_account_name
    from {{ ref('stg_clio__bank_accounts') }}
    where bank_account_type = 'Operating' and vanished_at is null

),

payments_by_allocation as (

    select
        allocations.firm_id,
        allocations.bill_id,
        min(allocations.allocation_id) as payment_key,
        max(accounts.bank_account_name) as account_name,
        min(coalesce(allocations.allocation_date, cast(allocations.created_at as date))) as payment_date,
        sum(allocations.allocation_amount) as payment_amount,
        max(allocations.updated_at) as changed_at
    from {{ ref('stg_clio__allocations') }} as allocations
    left join operating_accounts as accounts
        on
            allocations.firm_id = accounts.firm_id
            and allocations.destination_bank_account_id = accounts.bank_account_id
    where
        allocations.voided_at is null
        and coalesce(allocations.parent_type, 'Payment') = 'Payment'
        and (accounts.bank_account_id is not null or allocations.destination_bank_account_type = 'Operating')
    group by allocations.firm_id, allocations.bill_id, coalesce(allocations.parent_id, allocations.allocation_id)

),

payments_by_entry as (

    select
        entries.firm_id,
        entries.bill_id,
        'entry:' || entries.bank_transaction_id as payment_key,
        accounts.bank_account_name as account_name,
        coalesce(entries.entry_date, cast(entries.created_at as date)) as payment_date,
        {{ signed_funds('entries') }} as payment_amount,
        entries.updated_at as changed_at
    from {{ ref('stg_clio__bank_transactions') }} as entries
    inner join operating_accounts as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    left join {{ ref('stg_clio__allocations') }} as allocations
        on entries.firm_id = allocations.firm_id and entries.allocation_id = allocations.allocation_id
    where
        {{ signed_funds('entries') }} > 0
        and allocations.voided_at is null
        and not exists (
            select 1
            from payments_by_allocation as known
            where
                known.firm_id = entries.firm_id
                and known.bill_id = entries.bill_id
                and known.payment_amount = {{ signed_funds('entries') }}
        )

)

select
    payments.firm_id,
    payments.bill_id,
    requests.bill_number,
    requests.client_name,
    payments.payment_key,
    coalesce(payments.account_name, 'an operating account') as account_name,
    payments.payment_date,
    cast(payments.payment_amount as decimal(18, 2)) as payment_amount,
    greatest(payments.changed_at, requests.updated_at) as changed_at
from (
    select * from payments_by_allocation
    union all
    select * from payments_by_entry
) as payments
inner join {{ ref('stg_clio__bills') }} as requests
    on payments.firm_id = requests.firm_id and payments.bill_id = requests.bill_id
inner join {{ ref('int_tonight') }} as tonight
    on payments.firm_id = tonight.firm_id
where requests.bill_kind = 'trust_kind' and payments.payment_date <= tonight.as_of_date
