with

source as (

    select * from {{ source('xero', 'organisations') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(organisation_id as varchar) as organisation_id,
        cast(name as varchar) as organisation_name,
        cast(base_currency as varchar) as base_currency_code,
        cast(timezone as varchar) as timezone,
        cast(short_code as varchar) as short_code,
        cast(period_lock_date as date) as period_lock_date,
        cast(end_of_year_lock_date as date) as end_of_year_lock_date
    from source

)

select * from renamed
