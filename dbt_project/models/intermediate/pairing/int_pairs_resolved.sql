-- Which invoice is which bill: what the rules settled, with the live invoice where a draft was outdone. A pair of
-- namesakes, told by number and total or day, is a pair by number.
select
    settled.firm_id,
    settled.bill_id,
    coalesce(outdone.invoice_id, settled.invoice_id) as invoice_id,
    coalesce(
        outdone.match_rule, case settled.match_rule when 'number_alike' then 'number' else settled.match_rule end
    ) as match_rule
from {{ ref('int_pairs_settled') }} as settled
left join {{ ref('int_drafts_outdone') }} as outdone
    on settled.firm_id = outdone.firm_id and settled.bill_id = outdone.bill_id
