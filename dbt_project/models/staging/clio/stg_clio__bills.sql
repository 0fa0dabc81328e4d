with

source as (

    select * from {{ source('clio', 'bills') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as bill_id,
        cast(client_id as varchar) as client_id,
        cast(number as varchar) as bill_number,
        cast(state as varchar) as bill_state,
        cast(kind as varchar) as bill_kind,
        cast(subject as varchar) as subject,
        cast(discount_type as varchar) as discount_type,
        cast(client_name as varchar) as client_name,
        cast(currency_code as varchar) as currency_code,
        cast(sub_total as decimal(18, 2)) as sub_total_amount,
        cast(secondary_tax_sum as decimal(18, 2)) as secondary_tax_amount,
        cast(total_tax as decimal(18, 2)) as tax_amount,
        cast(total as decimal(18, 2)) as total_amount,
        cast(due as decimal(18, 2)) as payable_amount,
        cast(paid as decimal(18, 2)) as paid_amount,
        cast(credits_issued as decimal(18, 2)) as credited_amount,
        cast(pending as decimal(18, 2)) as pending_amount,
        cast(balance as decimal(18, 2)) as balance_amount,
        cast(discount_rate as decimal(18, 4)) as discount_rate,
        cast(interest_total as decimal(18, 2)) as interest_amount,
        cast(discount_services_only as boolean) as is_discount_on_services_only,
        cast(issued_at as date) as issued_date,
        cast(due_at as date) as due_date,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast(vanished_at as timestamp) as vanished_at,
        cast({{ change_stamp('updated_at') }} as timestamp) as changed_at
    from source

)

select * from renamed
