with

source as (

    select * from {{ source('clio', 'bank_transactions') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as bank_transaction_id,
        cast(bank_account_id as varchar) as bank_account_id,
        cast(client_id as varchar) as client_id,
        cast(matter_id as varchar) as matter_id,
        cast(bill_id as varchar) as bill_id,
        cast(allocation_id as varchar) as allocation_id,
        cast(type as varchar) as bank_transaction_type,
        cast(transaction_type as varchar) as transaction_type,
        cast(source as varchar) as source,
        cast(confirmation as varchar) as confirmation,
        cast(description as varchar) as description,
        cast(currency as varchar) as currency_code,
        cast(client_name as varchar) as client_name,
        cast(amount as decimal(18, 2)) as entry_amount,
        cast(funds_in as decimal(18, 2)) as funds_in_amount,
        cast(funds_out as decimal(18, 2)) as funds_out_amount,
        cast(current_account_balance as decimal(18, 2)) as running_balance_amount,
        cast(date as date) as entry_date,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
