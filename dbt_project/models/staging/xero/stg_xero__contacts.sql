with

source as (

    select * from {{ source('xero', 'contacts') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(contact_id as varchar) as contact_id,
        cast(merged_to_contact_id as varchar) as merged_to_contact_id,
        cast(name as varchar) as contact_name,
        cast(contact_status as varchar) as contact_status,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
