with

source as (

    select * from {{ source('clio', 'matter_account_balances') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(matter_id as varchar) as matter_id,
        cast(name as varchar) as account_name,
        cast(type as varchar) as account_type,
        cast(position as integer) as position,
        cast(balance as decimal(18, 2)) as balance_amount
    from source

)

select * from renamed
