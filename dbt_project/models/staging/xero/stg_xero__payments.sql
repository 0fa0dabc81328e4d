with

source as (

    select * from {{ source('xero', 'payments') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(payment_id as varchar) as payment_id,
        cast(account_id as varchar) as account_id,
        cast(invoice_id as varchar) as invoice_id,
        cast(contact_id as varchar) as contact_id,
        cast(batch_payment_id as varchar) as batch_payment_id,
        cast(payment_type as varchar) as payment_type,
        cast(status as varchar) as payment_status,
        cast(reference as varchar) as reference,
        cast(account_code as varchar) as account_code,
        cast(invoice_type as varchar) as invoice_type,
        cast(invoice_number as varchar) as invoice_number,
        cast(contact_name as varchar) as contact_name,
        cast(amount as decimal(18, 2)) as payment_amount,
        cast(bank_amount as decimal(18, 2)) as bank_amount,
        cast(currency_rate as decimal(20, 10)) as currency_rate,
        cast(is_reconciled as boolean) as is_reconciled,
        cast(date as date) as payment_date,
        cast(updated_at as timestamp) as updated_at,
        cast({{ change_stamp('updated_at') }} as timestamp) as changed_at
    from source

)

select * from renamed
