with

source as (

    select * from {{ source('xero', 'overpayment_lines') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(overpayment_id as varchar) as overpayment_id,
        cast(line_item_id as varchar) as line_item_id,
        cast(account_id as varchar) as account_id,
        cast(description as varchar) as description,
        cast(tax_type as varchar) as tax_type,
        cast(account_code as varchar) as account_code,
        cast(position as integer) as position,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(unit_amount as decimal(18, 4)) as unit_amount,
        cast(line_amount as decimal(18, 2)) as line_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount
    from source

)

select * from renamed
