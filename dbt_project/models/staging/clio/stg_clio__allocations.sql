with

source as (

    select * from {{ source('clio', 'allocations') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as allocation_id,
        cast(bill_id as varchar) as bill_id,
        cast(matter_id as varchar) as matter_id,
        cast(contact_id as varchar) as contact_id,
        cast(parent_id as varchar) as parent_id,
        cast(source_bank_account_id as varchar) as source_bank_account_id,
        cast(destination_bank_account_id as varchar) as destination_bank_account_id,
        cast(parent_type as varchar) as parent_type,
        cast(description as varchar) as description,
        cast(payment_type as varchar) as payment_type,
        cast(source_bank_account_type as varchar) as source_bank_account_type,
        cast(destination_bank_account_type as varchar) as destination_bank_account_type,
        cast(amount as decimal(18, 2)) as allocation_amount,
        cast(date as date) as allocation_date,
        cast(voided_at as timestamp) as voided_at,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast(
            greatest({{ change_stamp('updated_at') }}, {{ change_stamp('voided_at') }})
            as timestamp
        ) as changed_at
    from source

)

select * from renamed
