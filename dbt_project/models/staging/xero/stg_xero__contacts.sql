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
        cast(first_name as varchar) as first_name,
        cast(last_name as varchar) as last_name,
        cast(email_address as varchar) as email_address,
        cast(contact_number as varchar) as contact_number,
        cast(account_number as varchar) as account_number,
        cast(contact_status as varchar) as contact_status,
        cast(is_customer as boolean) as is_customer,
        cast(is_supplier as boolean) as is_supplier,
        cast(updated_at as timestamp) as updated_at,
        cast(loaded_at as timestamp) as loaded_at
    from source

)

select * from renamed
