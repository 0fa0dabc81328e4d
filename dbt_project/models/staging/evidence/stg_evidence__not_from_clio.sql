with

source as (

    select * from {{ source('evidence', 'not_from_clio') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(kind as varchar) as named_by,
        cast(value as varchar) as named_value
    from source

)

select * from renamed
