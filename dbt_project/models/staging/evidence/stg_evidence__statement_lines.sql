with

source as (

    select * from {{ source('evidence', 'statement_lines') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(statement_id as varchar) as statement_id,
        cast(bank_line_id as varchar) as bank_line_id,
        cast(description as varchar) as description,
        cast(reference as varchar) as reference,
        cast(position as integer) as position,
        cast(amount as decimal(18, 2)) as line_amount,
        cast(line_date as date) as line_date
    from source

)

select * from renamed
