-- A row means: a bill that takes part in receivables stands in no row of matched_bills, in several, or without a
-- finding. Catches a join that drops or doubles bills. Says nothing about whether the finding is the right one.
select
    bills.firm_id,
    bills.bill_id,
    count(matched.bill_key) as row_count
from {{ ref('stg_clio__bills') }} as bills
left join {{ ref('matched_bills') }} as matched
    on bills.firm_id = matched.firm_id and bills.bill_id = matched.clio_bill_id
where coalesce(bills.bill_kind, '') <> 'trust_kind'
group by bills.firm_id, bills.bill_id
having count(matched.finding) <> 1
