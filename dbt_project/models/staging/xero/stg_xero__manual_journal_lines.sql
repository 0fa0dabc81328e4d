with

source as (

    select * from {{ source('xero', 'manual_journal_lines') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(manual_journal_id as varchar) as manual_journal_id,
        cast(account_id as varchar) as account_id,
        cast(description as varchar) as description,
        cast(tax_type as varchar) as tax_type,
        cast(account_code as varchar) as account_code,
        cast(position as integer) as position,
        cast(line_amount as decimal(18, 2)) as line_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount
    from source

)

select * from renamed
