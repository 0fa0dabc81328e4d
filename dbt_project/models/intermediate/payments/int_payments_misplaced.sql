-- A Clio payment and a Xero payment, both alone, on two bills of one client: the same amount within three days is one
-- payment on the wrong bill. As many as possible, then the nearest days. On one bill two equal ones are never alone.
with

payments_alone as (

    select
        sets.firm_id,
        bills.client_id,
        coalesce(sets.clio_amount, sets.xero_amount) as amount,
        case when sets.clio_entry_ids is null then 'xero' else 'clio' end as side,
        sets.set_key as entry_key,
        coalesce(sets.clio_date, sets.xero_date) as entry_date
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_bills_valued') }} as bills
        on sets.firm_id = bills.firm_id and sets.bill_id = bills.bill_id
    where sets.how = 'alone' and sets.kind = 'payment' and bills.client_id is not null

),

partners as (

    {{ pair_equals('payments_alone', ['firm_id', 'client_id', 'amount'], days=3) }}

)

select
    firm_id,
    clio_key as clio_set_key,
    xero_key as xero_set_key
from partners
