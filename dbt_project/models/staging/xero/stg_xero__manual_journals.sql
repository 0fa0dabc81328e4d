with

source as (

    select * from {{ source('xero', 'manual_journals') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(manual_journal_id as varchar) as manual_journal_id,
        cast(status as varchar) as journal_status,
        cast(narration as varchar) as narration,
        cast(line_amount_types as varchar) as line_amount_types,
        cast(date as date) as journal_date,
        cast(updated_at as timestamp) as updated_at
    from source

)

select * from renamed
