with

source as (

    select * from {{ source('xero', 'overpayment_allocations') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(overpayment_id as varchar) as overpayment_id,
        cast(allocation_id as varchar) as allocation_id,
        cast(invoice_id as varchar) as invoice_id,
        cast(invoice_number as varchar) as invoice_number,
        cast(position as integer) as position,
        cast(amount as decimal(18, 2)) as applied_amount,
        cast(is_deleted as boolean) as is_deleted,
        cast(date as date) as applied_date
    from source

)

select * from renamed
