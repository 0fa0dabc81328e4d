-- Everything found tonight, from every section of the rulebook, in one shape.
{%- set sections = [
    'int_document_findings_worded', 'int_content_findings_worded', 'int_payment_findings_worded',
    'int_credit_findings', 'int_control_findings', 'int_unexplained_findings', 'int_trust_findings',
] %}

{% for section in sections %}
    select
        firm_id,
        code,
        severity,
        finding_key,
        subject_key,
        detail_key,
        bill_id,
        invoice_id,
        amount,
        ar_effect_amount,
        clio_value,
        xero_value,
        explanation,
        suggested_action,
        blocked_by,
        group_id,
        changed_at
    from {{ ref(section) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
