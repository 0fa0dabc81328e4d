-- Section 8 in the shape that all findings have. None of them moves receivables.
select
    *,
    cast(0 as decimal(18, 2)) as ar_effect_amount
from {{ ref('int_trust_findings_worded') }}
