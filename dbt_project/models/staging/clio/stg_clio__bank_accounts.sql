with

source as (

    select * from {{ source('clio', 'bank_accounts') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as bank_account_id,
        cast(name as varchar) as bank_account_name,
        cast(type as varchar) as bank_account_type,
        cast(currency as varchar) as currency_code,
        cast(balance as decimal(18, 2)) as balance_amount,
        cast(bank_transactions_count as integer) as bank_transaction_count,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast(vanished_at as timestamp) as vanished_at
    from source

)

select * from renamed
