with

source as (

    select * from {{ source('evidence', 'unread_fields') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(record_id as varchar) as record_id,
        cast(table_name as varchar) as table_name,
        cast(column_name as varchar) as column_name,
        cast(field as varchar) as field
    from source

)

select * from renamed
