with

source as (

    select * from {{ source('clio', 'bills') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(id as varchar) as bill_id,
        cast(client_id as varchar) as client_id,
        cast(currency_id as varchar) as currency_id,
        cast(original_bill_id as varchar) as original_bill_id,
        cast(number as varchar) as bill_number,
        cast(state as varchar) as bill_state,
        cast(type as varchar) as bill_type,
        cast(kind as varchar) as bill_kind,
        cast(subject as varchar) as subject,
        cast(memo as varchar) as memo,
        cast(discount_type as varchar) as discount_type,
        cast(client_name as varchar) as client_name,
        cast(currency_code as varchar) as currency_code,
        cast(sub_total as decimal(18, 2)) as sub_total_amount,
        cast(tax_sum as decimal(18, 2)) as primary_tax_amount,
        cast(secondary_tax_sum as decimal(18, 2)) as secondary_tax_amount,
        cast(total_tax as decimal(18, 2)) as tax_amount,
        cast(total as decimal(18, 2)) as total_amount,
        cast(due as decimal(18, 2)) as payable_amount,
        cast(paid as decimal(18, 2)) as paid_amount,
        cast(credits_issued as decimal(18, 2)) as credited_amount,
        cast(pending as decimal(18, 2)) as pending_amount,
        cast(balance as decimal(18, 2)) as balance_amount,
        cast(tax_rate as decimal(18, 4)) as tax_rate,
        cast(secondary_tax_rate as decimal(18, 4)) as secondary_tax_rate,
        cast(discount_rate as decimal(18, 4)) as discount_rate,
        cast(interest_total as decimal(18, 2)) as interest_amount,
        cast(interest_balance as decimal(18, 2)) as interest_balance_amount,
        cast(discount_services_only as boolean) as is_discount_on_services_only,
        cast(issued_at as date) as issued_date,
        cast(due_at as date) as due_date,
        cast(start_at as date) as period_start_date,
        cast(end_at as date) as period_end_date,
        cast(paid_at as date) as paid_date,
        cast(last_sent_at as date) as last_sent_date,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        cast(vanished_at as timestamp) as vanished_at,
        cast(loaded_at as timestamp) as loaded_at
    from source

)

select * from renamed
