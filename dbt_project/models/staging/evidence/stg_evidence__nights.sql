with

source as (

    select * from {{ source('evidence', 'nights') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(run_id as varchar) as run_id,
        cast(version as varchar) as version,
        cast(api_calls_clio as integer) as clio_call_count,
        cast(api_calls_xero as integer) as xero_call_count,
        cast(rows_loaded as integer) as loaded_row_count,
        cast(is_full as boolean) as is_full,
        cast(as_of_date as date) as as_of_date,
        cast(started_at as timestamp) as started_at,
        cast(loaded_at as timestamp) as finished_at
    from source

)

select * from renamed
