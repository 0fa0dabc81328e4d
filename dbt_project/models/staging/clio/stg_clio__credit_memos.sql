with

source as (

    select * from {{ source('clio', 'credit_memos') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as credit_memo_id,
        cast(contact_id as varchar) as contact_id,
        cast(user_id as varchar) as user_id,
        cast(description as varchar) as description,
        cast(amount as decimal(18, 2)) as credit_memo_amount,
        cast(discount as boolean) as is_discount,
        cast(date as date) as credit_memo_date,
        cast(voided_at as timestamp) as voided_at,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast(loaded_at as timestamp) as loaded_at
    from source

)

select * from renamed
