with

source as (

    select * from {{ source('xero', 'bank_transfers') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(bank_transfer_id as varchar) as bank_transfer_id,
        cast(from_account_id as varchar) as from_account_id,
        cast(to_account_id as varchar) as to_account_id,
        cast(from_bank_transaction_id as varchar) as from_bank_transaction_id,
        cast(to_bank_transaction_id as varchar) as to_bank_transaction_id,
        cast(status as varchar) as transfer_status,
        cast(reference as varchar) as reference,
        cast(amount as decimal(18, 2)) as transfer_amount,
        cast(from_is_reconciled as boolean) as is_from_reconciled,
        cast(to_is_reconciled as boolean) as is_to_reconciled,
        cast(date as date) as transfer_date,
        cast(created_at as timestamp) as created_at
    from source

)

select * from renamed
