with

source as (

    select * from {{ source('evidence', 'firms') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(firm_name as varchar) as firm_name,
        cast(timezone as varchar) as timezone,
        cast(clio_web_url as varchar) as clio_web_url,
        cast(grace_hours as integer) as grace_hours,
        cast(start_date as date) as start_date
    from source

)

select * from renamed
