with

source as (

    select * from {{ source('clio', 'line_items') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as line_item_id,
        cast(bill_id as varchar) as bill_id,
        cast(matter_id as varchar) as matter_id,
        cast(type as varchar) as line_type,
        cast(kind as varchar) as line_kind,
        cast(description as varchar) as description,
        cast(note as varchar) as note,
        cast(discount_type as varchar) as discount_type,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(price as decimal(18, 4)) as rate,
        cast(tax as decimal(18, 2)) as tax_amount,
        cast(secondary_tax as decimal(18, 2)) as secondary_tax_amount,
        cast(total as decimal(18, 2)) as total_amount,
        cast(group_ordering as integer) as group_ordering,
        cast(discount_rate as decimal(18, 4)) as discount_rate,
        cast(taxable as boolean) as is_taxable,
        cast(secondary_taxable as boolean) as is_secondary_taxable,
        cast(date as date) as line_date,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast({{ change_stamp('updated_at') }} as timestamp) as changed_at
    from source

)

select * from renamed
