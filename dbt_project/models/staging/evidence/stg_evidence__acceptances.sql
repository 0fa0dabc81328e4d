with

source as (

    select * from {{ source('evidence', 'acceptances') }}

),

renamed as (

    select
        cast(firm_id as varchar) as firm_id,
        cast(exception_id as varchar) as exception_id,
        cast(code as varchar) as code,
        cast(subject_key as varchar) as subject_key,
        cast(clio_value as varchar) as clio_value,
        cast(xero_value as varchar) as xero_value,
        cast(accepted_by as varchar) as accepted_by,
        cast(reason as varchar) as reason,
        cast(fingerprint as varchar) as fingerprint,
        cast(ar_effect as decimal(18, 2)) as ar_effect_amount,
        cast(position as integer) as position,
        cast(expires_on as date) as expiry_date,
        cast(accepted_at as timestamp) as accepted_at,
        cast(withdrawn_at as timestamp) as withdrawn_at
    from source

)

select * from renamed
