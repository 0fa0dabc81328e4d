-- A Clio payment and a Xero payment, both alone, on two bills of one client: the same amount within three days is one
-- payment on the wrong bill. The same day first, the first of equal ones with the first; then as many as possible.
with

payments_alone as (

    select
        sets.firm_id,
        sets.set_key,
        sets.bill_id,
        bills.client_id,
        sets.clio_entry_ids is not null as is_in_clio,
        coalesce(sets.clio_amount, sets.xero_amount) as amount,
        coalesce(sets.clio_date, sets.xero_date) as entry_date
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_bills_valued') }} as bills
        on sets.firm_id = bills.firm_id and sets.bill_id = bills.bill_id
    where sets.how = 'alone' and sets.kind = 'payment'

),

payments_placed as (

    select
        *,
        row_number() over (
            partition by firm_id, client_id, amount, entry_date, is_in_clio order by set_key
        ) as place
    from payments_alone

),

pairs_of_one_day as (

    select
        clio.firm_id,
        clio.set_key as clio_set_key,
        xero.set_key as xero_set_key
    from payments_placed as clio
    inner join payments_placed as xero
        on
            clio.firm_id = xero.firm_id
            and clio.client_id = xero.client_id
            and clio.amount = xero.amount
            and clio.entry_date = xero.entry_date
            and clio.place = xero.place
    where clio.is_in_clio and not xero.is_in_clio and clio.bill_id <> xero.bill_id

),

payments_left as (

    select payments.*
    from payments_alone as payments
    left join pairs_of_one_day as of_clio
        on payments.firm_id = of_clio.firm_id and payments.set_key = of_clio.clio_set_key
    left join pairs_of_one_day as of_xero
        on payments.firm_id = of_xero.firm_id and payments.set_key = of_xero.xero_set_key
    where of_clio.clio_set_key is null and of_xero.xero_set_key is null

),

candidates as (

    select
        clio.firm_id,
        clio.client_id,
        clio.amount,
        clio.set_key as clio_set_key,
        clio.entry_date as clio_date,
        xero.set_key as xero_set_key,
        xero.entry_date as xero_date,
        {{ days_apart('clio.entry_date', 'xero.entry_date') }} as days_apart
    from payments_left as clio
    inner join payments_left as xero
        on
            clio.firm_id = xero.firm_id
            and clio.client_id = xero.client_id
            and clio.amount = xero.amount
            and clio.bill_id <> xero.bill_id
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where clio.is_in_clio and not xero.is_in_clio

),

pairs_within_days as (

    {{ choose_partners(
        'candidates',
        within=['firm_id', 'client_id', 'amount'],
        left_order=['clio_date', 'clio_set_key'],
        right_order=['xero_date', 'xero_set_key'],
        costs=['days_apart'],
    ) }}

)

select * from pairs_of_one_day

union all

select
    firm_id,
    clio_set_key,
    xero_set_key
from pairs_within_days
