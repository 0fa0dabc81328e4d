-- The same amount within three days: as many pairs as possible, then the nearest days.
with

payments_left as (

    select
        *,
        entry_id as entry_key
    from ({{ payments_left(['int_payments_of_one_parent', 'int_payments_equal_on_one_day']) }}) as payments

),

partners as (

    {{ pair_equals('payments_left', ['firm_id', 'bill_id', 'kind', 'amount'], days=3) }}

),

pairs as (

    select
        *,
        clio_key as clio_entry_id,
        xero_key as xero_entry_id
    from partners

)

{{ payments_in_sets_of_two('pairs', 'matched') }}
