-- What is left after equal amounts and sums: one against one on the same day with another amount, nearest amounts
-- first.
with

payments_left as (

    select payments.*
    from {{ ref('int_payments_unmatched') }} as payments
    left join {{ ref('int_payments_grouped') }} as grouped
        on
            payments.firm_id = grouped.firm_id
            and payments.bill_id = grouped.bill_id
            and payments.kind = grouped.kind
            and payments.side = grouped.side
            and payments.entry_id = grouped.member_key
    where grouped.bill_id is null

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
            abs(clio.amount - xero.amount),
            clio.entry_date,
            clio.entry_id,
            xero.entry_id
    ) as preference
from payments_left as clio
inner join payments_left as xero
    on
        clio.firm_id = xero.firm_id
        and clio.bill_id = xero.bill_id
        and clio.kind = xero.kind
        and clio.entry_date = xero.entry_date
where clio.side = 'clio' and xero.side = 'xero'
