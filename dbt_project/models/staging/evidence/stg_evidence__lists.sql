with

source as (

    select * from {{ source('evidence', 'lists') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(run_id as varchar) as run_id,
        cast(system as varchar) as source_system,
        cast(list_name as varchar) as list_name,
        cast(mode as varchar) as load_mode,
        cast(proof as varchar) as proof,
        cast(pages as integer) as page_count,
        cast(rows_fetched as integer) as fetched_row_count,
        cast(rows_stated as integer) as stated_row_count,
        cast(rows_vanished as integer) as vanished_row_count,
        cast(shows_deleted as boolean) as is_showing_deleted,
        cast(asked_since as timestamp) as asked_since_at,
        cast(started_at as timestamp) as started_at
    from source

)

select * from renamed
