with

source as (

    select * from {{ source('evidence', 'accepted_losses') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(run_id as varchar) as run_id,
        cast(list as varchar) as accepted_list,
        cast(rows_held as integer) as held_row_count,
        cast(rows_lost as integer) as lost_row_count
    from source

)

select * from renamed
