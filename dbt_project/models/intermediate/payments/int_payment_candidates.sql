-- Payments of both sides of a pair that may be one: the same amount on the same day, then within three days, then
-- on any day. Equal ones are taken by their day and id; which of two equal payments is which makes no difference.
with

payments_in_force as (

    select *
    from {{ ref('int_payments_of_pairs') }}
    where not is_reversed

)

select
    clio.firm_id,
    clio.bill_id,
    clio.kind,
    clio.entry_id as clio_entry_id,
    xero.entry_id as xero_entry_id,
    row_number() over (
        partition by clio.firm_id, clio.bill_id, clio.kind
        order by
            case
                when clio.entry_date = xero.entry_date then 1
                when {{ days_apart('clio.entry_date', 'xero.entry_date') }} <= 3 then 2
                else 3
            end,
            {{ days_apart('clio.entry_date', 'xero.entry_date') }},
            clio.entry_date,
            clio.entry_id,
            xero.entry_date,
            xero.entry_id
    ) as preference
from payments_in_force as clio
inner join payments_in_force as xero
    on
        clio.firm_id = xero.firm_id
        and clio.bill_id = xero.bill_id
        and clio.kind = xero.kind
        and clio.amount = xero.amount
where clio.side = 'clio' and xero.side = 'xero'
