with

source as (

    select * from {{ source('xero', 'bank_transactions') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(bank_transaction_id as varchar) as bank_transaction_id,
        cast(bank_account_id as varchar) as bank_account_id,
        cast(contact_id as varchar) as contact_id,
        cast(prepayment_id as varchar) as prepayment_id,
        cast(overpayment_id as varchar) as overpayment_id,
        cast(type as varchar) as bank_transaction_type,
        cast(status as varchar) as bank_transaction_status,
        cast(contact_name as varchar) as contact_name,
        cast(reference as varchar) as reference,
        cast(currency_code as varchar) as currency_code,
        cast(line_amount_types as varchar) as line_amount_types,
        cast(currency_rate as decimal(20, 10)) as currency_rate,
        cast(total_tax as decimal(18, 2)) as tax_amount,
        cast(total as decimal(18, 2)) as total_amount,
        cast(is_reconciled as boolean) as is_reconciled,
        cast(date as date) as entry_date,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
