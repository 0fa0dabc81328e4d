with

source as (

    select * from {{ source('evidence', 'fee_accounts') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(xero_account_id as varchar) as xero_account_id,
        cast(xero_account as varchar) as xero_account
    from source

)

select * from renamed
