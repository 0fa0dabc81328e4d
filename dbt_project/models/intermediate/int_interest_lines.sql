-- Of each pair whose bill carries interest: does the invoice itself carry it, as one line more of that amount than
-- the bill has lines of that amount?
with

pairs_with_interest as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        bills.interest_amount
    from {{ ref('int_pairs_resolved') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    where bills.interest_amount <> 0

),

lines_of_that_amount as (

    select
        pairs.firm_id,
        pairs.bill_id,
        count(*) as on_the_bill,
        0 as on_the_invoice
    from pairs_with_interest as pairs
    inner join {{ ref('int_bill_lines_valued') }} as lines
        on
            pairs.firm_id = lines.firm_id
            and pairs.bill_id = lines.bill_id
            and pairs.interest_amount = lines.net_amount
    group by pairs.firm_id, pairs.bill_id

    union all

    select
        pairs.firm_id,
        pairs.bill_id,
        0 as on_the_bill,
        count(*) as on_the_invoice
    from pairs_with_interest as pairs
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            pairs.firm_id = lines.firm_id
            and pairs.invoice_id = lines.invoice_id
            and pairs.interest_amount = lines.net_amount
    group by pairs.firm_id, pairs.bill_id

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    coalesce(sum(lines.on_the_invoice) > sum(lines.on_the_bill), false) as is_on_the_invoice
from pairs_with_interest as pairs
left join lines_of_that_amount as lines
    on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id
group by pairs.firm_id, pairs.bill_id, pairs.invoice_id
