-- Every payment and credit in force exactly once, with the set in which it found its partner, if any, and how. After
-- those that have their equal near them: one against several nearby, the same amount on any day, one against several
-- further off, another amount within three days. A set is named after the lowest of its members.
with

payments_in_force as (

    select *
    from {{ ref('int_payments_of_pairs') }}
    where not is_reversed

),

payments_without_an_equal_nearby as (

    {{ payments_left('payments_in_force', ref('int_payments_equal_nearby')) }}

),

payments_in_parts_nearby as (

    {{ payments_in_parts('payments_without_an_equal_nearby', near='true') }}

),

payments_left_nearby as (

    {{ payments_left('payments_without_an_equal_nearby', 'payments_in_parts_nearby') }}

),

-- Equal payments can be paired in the order of their days without crossing, so that one need only be tried with those
-- whose places differ by no more than the surplus of its bill.
equals_in_the_order_of_their_days as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, amount, side order by entry_date nulls last, entry_id
        ) as place,
        count(case when side = 'clio' then 1 end) over of_one_amount as clio_count,
        count(case when side = 'xero' then 1 end) over of_one_amount as xero_count
    from payments_left_nearby
    window of_one_amount as (partition by firm_id, bill_id, kind, amount)

),

equals_that_may_be_partners as (

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
    from equals_in_the_order_of_their_days as clio
    inner join equals_in_the_order_of_their_days as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and clio.amount = xero.amount
            and xero.place - clio.place between least(clio.xero_count - clio.clio_count, 0)
            and greatest(clio.xero_count - clio.clio_count, 0)
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs_of_equals as (

    {{ choose_partners(
        'equals_that_may_be_partners',
        within=['firm_id', 'bill_id', 'kind', 'amount'],
        left_order=['clio_place'],
        right_order=['xero_place'],
        costs=['days_apart'],
    ) }}

),

payments_equal_on_any_day as (

    {{ payments_in_sets_of_two('pairs_of_equals', 'matched') }}

),

payments_without_an_equal as (

    {{ payments_left('payments_left_nearby', 'payments_equal_on_any_day') }}

),

payments_in_parts_further_off as (

    {{ payments_in_parts('payments_without_an_equal', near='false') }}

),

payments_of_no_sum as (

    {{ payments_left('payments_without_an_equal', 'payments_in_parts_further_off') }}

),

amounts_that_may_be_meant as (

    -- The same day before another, then the nearest amounts. Money in and money back are never one.
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
    from payments_of_no_sum as clio
    inner join payments_of_no_sum as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and sign(clio.amount) = sign(xero.amount)
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where clio.side = 'clio' and xero.side = 'xero'

),

pairs_of_other_amounts as (

    {{ choose_partners(
        'amounts_that_may_be_meant',
        within=['firm_id', 'bill_id', 'kind'],
        left_order=['clio_date', 'clio_entry_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['case when days_apart = 0 then 0 else 1 end', 'cents_apart', 'days_apart'],
    ) }}

),

payments_with_a_partner as (

    select * from {{ ref('int_payments_equal_nearby') }}
    union all
    select * from payments_in_parts_nearby
    union all
    select * from payments_equal_on_any_day
    union all
    select * from payments_in_parts_further_off
    union all
    {{ payments_in_sets_of_two('pairs_of_other_amounts', 'other_amount') }}

)

select
    payments.*,
    coalesce(partners.how, 'alone') as how,
    coalesce(partners.set_key, payments.side || ' ' || payments.entry_id) as set_key
from payments_in_force as payments
left join payments_with_a_partner as partners
    on
        payments.firm_id = partners.firm_id
        and payments.bill_id = partners.bill_id
        and payments.kind = partners.kind
        and payments.side = partners.side
        and payments.entry_id = partners.entry_id
