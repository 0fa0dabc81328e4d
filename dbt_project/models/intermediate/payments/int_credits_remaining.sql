-- Credit with something left, and whether it lowers Xero's receivables: a prepayment does as the books are read.
select
    credits.*,
    credits.credit_kind <> 'prepayment' or prepayments.are_in_receivables as is_in_receivables
from {{ ref('int_credits_open') }} as credits
inner join {{ ref('int_prepayments_read') }} as prepayments
    on credits.firm_id = prepayments.firm_id
