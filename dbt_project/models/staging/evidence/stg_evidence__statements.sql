with

source as (

    select * from {{ source('evidence', 'statements') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(statement_id as varchar) as statement_id,
        cast(clio_bank_account_id as varchar) as bank_account_id,
        cast(kind as varchar) as statement_kind,
        cast(clio_bank_account as varchar) as account_name,
        cast(currency as varchar) as currency_code,
        cast(position as integer) as position,
        cast(opening_balance as decimal(18, 2)) as opening_amount,
        cast(closing_balance as decimal(18, 2)) as closing_amount,
        cast(statement_date as date) as statement_date,
        cast(first_line_date as date) as first_line_date,
        cast(imported_at as timestamp) as imported_at
    from source

)

select * from renamed
