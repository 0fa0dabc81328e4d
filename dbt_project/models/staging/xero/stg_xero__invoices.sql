with

source as (

    select * from {{ source('xero', 'invoices') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(invoice_id as varchar) as invoice_id,
        cast(contact_id as varchar) as contact_id,
        cast(type as varchar) as invoice_type,
        cast(invoice_number as varchar) as invoice_number,
        cast(reference as varchar) as reference,
        cast(status as varchar) as invoice_status,
        cast(contact_name as varchar) as contact_name,
        cast(line_amount_types as varchar) as line_amount_types,
        cast(currency_code as varchar) as currency_code,
        cast(currency_rate as decimal(20, 10)) as currency_rate,
        cast(total_tax as decimal(18, 2)) as tax_amount,
        cast(total as decimal(18, 2)) as total_amount,
        cast(total_discount as decimal(18, 2)) as discount_amount,
        cast(amount_due as decimal(18, 2)) as due_amount,
        cast(amount_paid as decimal(18, 2)) as paid_amount,
        cast(amount_credited as decimal(18, 2)) as credited_amount,
        cast(date as date) as issued_date,
        cast(due_date as date) as due_date,
        cast(updated_at as timestamp) as updated_at,
        cast({{ change_stamp('updated_at') }} as timestamp) as changed_at
    from source

)

select * from renamed
