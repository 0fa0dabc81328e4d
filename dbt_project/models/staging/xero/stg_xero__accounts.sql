with

source as (

    select * from {{ source('xero', 'accounts') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(account_id as varchar) as account_id,
        cast(code as varchar) as account_code,
        cast(name as varchar) as account_name,
        cast(type as varchar) as account_type,
        cast(class as varchar) as account_class,
        cast(status as varchar) as account_status,
        cast(system_account as varchar) as system_account,
        cast(bank_account_type as varchar) as bank_account_type,
        cast(currency_code as varchar) as currency_code,
        cast(tax_type as varchar) as tax_type,
        cast(enable_payments_to_account as boolean) as is_payments_account,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
