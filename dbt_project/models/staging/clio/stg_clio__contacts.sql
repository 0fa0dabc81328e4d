with

source as (

    select * from {{ source('clio', 'contacts') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as contact_id,
        cast(name as varchar) as contact_name,
        cast(is_client as boolean) as is_client,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
