-- A bill may reach Xero with its interest or without it (the interest then is an invoice of its own): where a rule
-- compares totals, either one is the bill's.
select
    firm_id,
    bill_id,
    currency_code,
    payable_amount as total_amount
from {{ ref('int_bills_valued') }}

union

select
    firm_id,
    bill_id,
    currency_code,
    cast(payable_amount - interest_amount as decimal(18, 2)) as total_amount
from {{ ref('int_bills_valued') }}
where interest_amount <> 0
