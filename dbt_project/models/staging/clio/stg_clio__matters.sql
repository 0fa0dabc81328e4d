with

source as (

    select * from {{ source('clio', 'matters') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as matter_id,
        cast(client_id as varchar) as client_id,
        cast(responsible_attorney_id as varchar) as responsible_attorney_id,
        cast(display_number as varchar) as matter_number,
        cast(description as varchar) as description,
        cast(status as varchar) as matter_status,
        cast(client_name as varchar) as client_name,
        cast(responsible_attorney_name as varchar) as responsible_attorney_name,
        cast(last_activity_date as date) as last_activity_date,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
