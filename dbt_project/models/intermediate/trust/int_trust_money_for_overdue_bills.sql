-- Trust money that could pay bills which are unpaid 30 days after their due date: what their matters hold is spread
-- over them, the oldest first, so that no cent is named twice (how: pipelines/matching/spread.py).
with

bills_overdue as (

    select
        bills.firm_id,
        bills.bill_id,
        coalesce(try_cast(bills.bill_id as bigint), 0) as bill_number_in_clio,
        coalesce(bills.due_date, bills.issued_date) as due_date,
        bills.issued_date,
        bills.balance_amount
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_tonight') }} as tonight
        on bills.firm_id = tonight.firm_id
    where
        bills.bill_class = 'approved'
        and bills.balance_amount > 0
        and tonight.as_of_date >= coalesce(bills.due_date, bills.issued_date) + 30

),

matters_of_bills as (

    select distinct
        firm_id,
        bill_id,
        matter_id
    from {{ ref('stg_clio__bill_matters') }}

),

matters_holding as (

    select *
    from {{ ref('int_trust_matter_holdings') }}
    where held_amount > 0

),

bills_with_money as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.bill_number_in_clio,
        bills.due_date,
        bills.issued_date,
        bills.balance_amount,
        list(distinct holding.matter_id order by holding.matter_id) as matter_ids,
        sum(holding.held_amount) as held_amount,
        string_agg(distinct holding.account_names, ', ' order by holding.account_names) as account_names,
        string_agg(
            distinct coalesce(matters.matter_number, holding.matter_id),
            ', ' order by coalesce(matters.matter_number, holding.matter_id)
        ) as matter_numbers
    from bills_overdue as bills
    inner join matters_of_bills as bill_matters
        on bills.firm_id = bill_matters.firm_id and bills.bill_id = bill_matters.bill_id
    inner join matters_holding as holding
        on bill_matters.firm_id = holding.firm_id and bill_matters.matter_id = holding.matter_id
    left join {{ ref('stg_clio__matters') }} as matters
        on holding.firm_id = matters.firm_id and holding.matter_id = matters.matter_id
    group by all

),

bills_in_order as (

    select
        firm_id,
        list(bill_id order by due_date, issued_date, bill_number_in_clio, bill_id) as bill_ids,
        list(cast(balance_amount * 100 as bigint) order by due_date, issued_date, bill_number_in_clio, bill_id)
            as asked_cents,
        list(matter_ids order by due_date, issued_date, bill_number_in_clio, bill_id) as matter_ids
    from bills_with_money
    group by firm_id

),

matters_in_order as (

    select
        firm_id,
        list(matter_id order by matter_id) as matter_ids,
        list(cast(held_amount * 100 as bigint) order by matter_id) as held_cents
    from matters_holding
    group by firm_id

),

money_spread as (

    select
        bills.firm_id,
        unnest(bills.bill_ids) as bill_id,
        unnest(spread_money(bills.asked_cents, bills.matter_ids, matters.matter_ids, matters.held_cents)) as cents
    from bills_in_order as bills
    inner join matters_in_order as matters
        on bills.firm_id = matters.firm_id

)

select
    bills.firm_id,
    bills.bill_id,
    bills.due_date,
    bills.account_names,
    bills.matter_numbers,
    cast(bills.held_amount as decimal(18, 2)) as held_amount,
    cast(spread.cents / 100 as decimal(18, 2)) as amount
from bills_with_money as bills
inner join money_spread as spread
    on bills.firm_id = spread.firm_id and bills.bill_id = spread.bill_id
where spread.cents > 0
