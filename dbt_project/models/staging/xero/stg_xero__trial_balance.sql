with

source as (

    select * from {{ source('xero', 'trial_balance') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(account_id as varchar) as account_id,
        cast(section as varchar) as section,
        cast(account_name as varchar) as account_name,
        cast(position as integer) as position,
        cast(debit as decimal(18, 2)) as debit_amount,
        cast(credit as decimal(18, 2)) as credit_amount,
        cast(ytd_debit as decimal(18, 2)) as ytd_debit_amount,
        cast(ytd_credit as decimal(18, 2)) as ytd_credit_amount,
        cast(as_of_date as date) as as_of_date
    from source

)

select * from renamed
