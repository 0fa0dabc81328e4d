with

source as (

    select * from {{ source('evidence', 'trust_accounts') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(clio_bank_account_id as varchar) as clio_bank_account_id,
        cast(xero_bank_account_id as varchar) as xero_bank_account_id,
        cast(xero_liability_account_id as varchar) as xero_liability_account_id,
        cast(clio_bank_account as varchar) as clio_bank_account,
        cast(xero_bank_account as varchar) as xero_bank_account,
        cast(xero_liability_account as varchar) as xero_liability_account,
        cast(is_kept_by_journals as boolean) as is_kept_by_journals
    from source

)

select * from renamed
