with

source as (

    select * from {{ source('clio', 'bill_matters') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(bill_id as varchar) as bill_id,
        cast(matter_id as varchar) as matter_id,
        cast(display_number as varchar) as matter_number,
        cast(position as integer) as position
    from source

)

select * from renamed
