with

source as (

    select * from {{ source('clio', 'outstanding_client_balances') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as outstanding_client_balance_id,
        cast(contact_id as varchar) as contact_id,
        cast(total_outstanding_balance as decimal(18, 2)) as outstanding_amount,
        cast(pending_payments_total as decimal(18, 2)) as pending_amount,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
