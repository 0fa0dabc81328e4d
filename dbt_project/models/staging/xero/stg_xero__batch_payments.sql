with

source as (

    select * from {{ source('xero', 'batch_payments') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(batch_payment_id as varchar) as batch_payment_id,
        cast(account_id as varchar) as account_id,
        cast(type as varchar) as batch_type,
        cast(status as varchar) as batch_status,
        cast(reference as varchar) as reference,
        cast(details as varchar) as details,
        cast(total_amount as decimal(18, 2)) as total_amount,
        cast(is_reconciled as boolean) as is_reconciled,
        cast(date as date) as batch_date,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
