with

source as (

    select * from {{ source('clio', 'interest_charges') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as interest_charge_id,
        cast(bill_id as varchar) as bill_id,
        cast(description as varchar) as description,
        cast(total as decimal(18, 2)) as interest_amount,
        cast(date as date) as charge_date,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
