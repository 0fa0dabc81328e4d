-- A Clio payment and a Xero payment, both alone, on two bills of one client: the same amount within three days may
-- be one payment on the wrong bill.
with

payments_alone as (

    select
        sets.*,
        bills.client_id
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_bills_valued') }} as bills
        on sets.firm_id = bills.firm_id and sets.bill_id = bills.bill_id
    where sets.how = 'alone' and sets.kind = 'payment'

)

select
    clio.firm_id,
    clio.client_id,
    clio.set_key as clio_set_key,
    xero.set_key as xero_set_key,
    row_number() over (
        partition by clio.firm_id, clio.client_id
        order by
            {{ days_apart('clio.clio_date', 'xero.xero_date') }},
            clio.clio_date,
            clio.set_key,
            xero.xero_date,
            xero.set_key
    ) as preference
from payments_alone as clio
inner join payments_alone as xero
    on
        clio.firm_id = xero.firm_id
        and clio.client_id = xero.client_id
        and clio.bill_id <> xero.bill_id
        and clio.clio_amount = xero.xero_amount
        and {{ days_apart('clio.clio_date', 'xero.xero_date') }} <= 3
