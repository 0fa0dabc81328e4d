-- The parts of one payment of Clio on one bill together: Clio spreads a payment over matters, Xero has it whole, within
-- three days of one of the parts.
with

payments_in_force as (

    {{ payments_left() }}

),

parents as (

    select
        firm_id,
        bill_id,
        kind,
        parent_id,
        sum(amount) as amount,
        min(entry_date) as first_date,
        max(entry_date) as last_date,
        list(entry_id order by entry_id) as entry_ids
    from payments_in_force
    where side = 'clio' and parent_id is not null
    group by firm_id, bill_id, kind, parent_id
    having count(*) > 1

),

candidates as (

    select
        parents.firm_id,
        parents.bill_id,
        parents.kind,
        parents.parent_id,
        parents.first_date,
        parents.entry_ids,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        greatest(
            date_diff('day', xero.entry_date, parents.first_date),
            date_diff('day', parents.last_date, xero.entry_date),
            0
        ) as days_apart
    from parents
    inner join payments_in_force as xero
        on
            parents.firm_id = xero.firm_id
            and parents.bill_id = xero.bill_id
            and parents.kind = xero.kind
            and parents.amount = xero.amount
            and xero.entry_date between parents.first_date - 3 and parents.last_date + 3
    where xero.side = 'xero'

),

chosen as (

    {{ choose_partners(
        'candidates',
        within=['firm_id', 'bill_id', 'kind'],
        left_order=['first_date', 'parent_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['days_apart'],
    ) }}

)

select
    firm_id,
    bill_id,
    kind,
    'clio' as side,
    unnest(entry_ids) as entry_id,
    'grouped' as how,
    entry_ids[1] || '+' || xero_entry_id as set_key
from chosen

union all

select
    firm_id,
    bill_id,
    kind,
    'xero' as side,
    xero_entry_id as entry_id,
    'grouped' as how,
    entry_ids[1] || '+' || xero_entry_id as set_key
from chosen
