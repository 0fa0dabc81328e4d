with

source as (

    select * from {{ source('clio', 'users') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as user_id,
        cast(name as varchar) as user_name,
        cast(email as varchar) as email_address,
        cast(subscription_type as varchar) as subscription_type,
        cast(time_zone as varchar) as timezone,
        cast(enabled as boolean) as is_enabled,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast(loaded_at as timestamp) as loaded_at
    from source

)

select * from renamed
