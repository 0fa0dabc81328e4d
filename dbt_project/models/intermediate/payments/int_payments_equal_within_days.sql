-- The same amount within three days: as many pairs as possible, the nearest days, the same pocket before another.
with

payments_left as (

    {{ payments_left(['int_payments_of_one_parent', 'int_payments_equal_on_one_day']) }}

),

candidates as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.amount,
        clio.entry_id as clio_entry_id,
        clio.entry_date as clio_date,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        {{ days_apart('clio.entry_date', 'xero.entry_date') }} as days_apart,
        case when clio.pocket = xero.pocket then 0 else 1 end as is_other_pocket
    from payments_left as clio
    inner join payments_left as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and clio.amount = xero.amount
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs as (

    {{ choose_partners(
        'candidates',
        within=['firm_id', 'bill_id', 'kind', 'amount'],
        left_order=['clio_date', 'clio_entry_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['days_apart', 'is_other_pocket'],
    ) }}

)

{{ payments_in_sets_of_two('pairs', 'matched') }}
