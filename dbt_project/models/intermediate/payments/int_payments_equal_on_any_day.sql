-- The same amount on any day, the nearest first. Equal payments can be paired in the order of their days without
-- crossing, so that one need only be tried with those whose places differ by no more than the surplus of its bill.
with

payments_left as (

    {{ payments_left([
        'int_payments_of_one_parent', 'int_payments_equal_on_one_day', 'int_payments_equal_within_days',
        'int_payments_in_parts',
    ]) }}

),

payments_placed as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, amount, side order by entry_date nulls last, entry_id
        ) as place,
        count(case when side = 'clio' then 1 end) over of_one_amount as clio_count,
        count(case when side = 'xero' then 1 end) over of_one_amount as xero_count
    from payments_left
    window of_one_amount as (partition by firm_id, bill_id, kind, amount)

),

candidates as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.amount,
        clio.entry_id as clio_entry_id,
        clio.place as clio_place,
        xero.entry_id as xero_entry_id,
        xero.place as xero_place,
        coalesce({{ days_apart('clio.entry_date', 'xero.entry_date') }}, 100000) as days_apart
    from payments_placed as clio
    inner join payments_placed as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and clio.amount = xero.amount
            and xero.place - clio.place between least(clio.xero_count - clio.clio_count, 0)
            and greatest(clio.xero_count - clio.clio_count, 0)
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs as (

    {{ choose_partners(
        'candidates',
        within=['firm_id', 'bill_id', 'kind', 'amount'],
        left_order=['clio_place'],
        right_order=['xero_place'],
        costs=['days_apart'],
    ) }}

)

{{ payments_in_sets_of_two('pairs', 'matched') }}
