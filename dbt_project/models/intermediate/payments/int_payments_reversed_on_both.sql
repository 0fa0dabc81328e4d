-- Payments that were taken back on both sides alike: history, and no twin of anything that stands. The first of equal
-- amounts with the first.
with

payments_taken_back as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, side, amount order by entry_date nulls last, entry_id
        ) as place
    from {{ ref('int_payments_of_pairs') }}
    where is_reversed

)

select
    clio.firm_id,
    clio.bill_id,
    clio.kind,
    clio.entry_id as clio_entry_id,
    xero.entry_id as xero_entry_id
from payments_taken_back as clio
inner join payments_taken_back as xero
    on
        clio.firm_id = xero.firm_id
        and clio.bill_id = xero.bill_id
        and clio.kind = xero.kind
        and clio.amount = xero.amount
        and clio.place = xero.place
where clio.side = 'clio' and xero.side = 'xero'
