select
    judged.firm_id,
    judged.exception_id,
    judged.code,
    judged.severity,
    judged.status,
    judged.subject_key,
    judged.clio_bill_number,
    judged.xero_invoice_number,
    judged.client_name,
    judged.trust_account,
    judged.matter_number,
    judged.amount,
    judged.ar_effect,
    judged.clio_value,
    judged.xero_value,
    judged.explanation,
    judged.suggested_action,
    judged.blocked_by,
    judged.group_id,
    judged.clio_url,
    judged.xero_url,
    -- A night that rebuilt a past day may say what no night has remembered.
    coalesce(lives.first_seen_at, judged.seen_at) as first_seen_at,
    coalesce(lives.last_seen_at, judged.seen_at) as last_seen_at,
    coalesce(lives.nights_seen, 1) as nights_seen,
    judged.fingerprint
from {{ ref('int_exceptions_grouped') }} as judged
left join {{ ref('int_exception_lives') }} as lives
    on judged.firm_id = lives.firm_id and judged.exception_id = lives.exception_id
