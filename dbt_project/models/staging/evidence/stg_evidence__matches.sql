with

source as (

    select * from {{ source('evidence', 'matches') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(clio_bill_id as varchar) as bill_id,
        cast(xero_invoice_id as varchar) as invoice_id,
        cast(decided_by as varchar) as decided_by,
        cast(reason as varchar) as reason,
        cast(position as integer) as position,
        cast(decided_at as timestamp) as decided_at
    from source

)

select * from renamed
