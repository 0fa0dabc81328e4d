-- A row means: walking the published steps from Clio's receivables does not arrive at Xero's. Catches a step that is
-- left out of the bridge though it is not zero. Holds whatever the books look like: what is not explained is a step.
select
    firm_id,
    sum(
        case
            when step = 'xero_receivables' then -amount
            when step not in ('xero_control_account', 'xero_control_account_difference') then amount
        end
    ) as remainder_amount
from {{ ref('ar_tie_out') }}
group by firm_id
having remainder_amount <> 0
