-- What is left, one against one within three days with another amount: the same day before another, then the nearest
-- amounts. Money in and money back are never one.
with

payments_left as (

    {{ payments_left([
        'int_payments_of_one_parent', 'int_payments_equal_on_one_day', 'int_payments_equal_within_days',
        'int_payments_in_parts', 'int_payments_equal_on_any_day', 'int_payments_in_parts_on_any_day',
    ]) }}

),

candidates as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.entry_id as clio_entry_id,
        clio.entry_date as clio_date,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        {{ days_apart('clio.entry_date', 'xero.entry_date') }} as days_apart,
        cast(abs(clio.amount - xero.amount) * 100 as bigint) as cents_apart
    from payments_left as clio
    inner join payments_left as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and sign(clio.amount) = sign(xero.amount)
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs as (

    {{ choose_partners(
        'candidates',
        within=['firm_id', 'bill_id', 'kind'],
        left_order=['clio_date', 'clio_entry_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['case when days_apart = 0 then 0 else 1 end', 'cents_apart', 'days_apart'],
    ) }}

)

{{ payments_in_sets_of_two('pairs', 'other_amount') }}
