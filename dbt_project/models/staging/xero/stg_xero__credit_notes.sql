with

source as (

    select * from {{ source('xero', 'credit_notes') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(credit_note_id as varchar) as credit_note_id,
        cast(contact_id as varchar) as contact_id,
        cast(credit_note_number as varchar) as credit_note_number,
        cast(type as varchar) as credit_note_type,
        cast(status as varchar) as credit_note_status,
        cast(contact_name as varchar) as contact_name,
        cast(reference as varchar) as reference,
        cast(currency_code as varchar) as currency_code,
        cast(line_amount_types as varchar) as line_amount_types,
        cast(currency_rate as decimal(20, 10)) as currency_rate,
        cast(total_tax as decimal(18, 2)) as tax_amount,
        cast(total as decimal(18, 2)) as total_amount,
        cast(remaining_credit as decimal(18, 2)) as remaining_amount,
        cast(date as date) as credit_note_date,
        cast(updated_at as timestamp) as updated_at,
        cast({{ change_stamp('updated_at') }} as timestamp) as changed_at
    from source

)

select * from renamed
