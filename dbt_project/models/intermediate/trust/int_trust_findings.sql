-- Section 8 in the shape that all findings have. None of them moves receivables.
select
    firm_id,
    code,
    severity,
    finding_key,
    subject_key,
    detail_key,
    bill_id,
    cast(null as varchar) as invoice_id,
    amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    clio_value,
    xero_value,
    explanation,
    suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    changed_at
from {{ ref('int_trust_findings_worded') }}
