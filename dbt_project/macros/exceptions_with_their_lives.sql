{#- Tonight's exceptions as people read them, each with its life so far; before that, what is asked for besides. -#}
{% macro exceptions_with_their_lives(before=[]) -%}
    select
        {%- for column in before %}
            exceptions.{{ column }},
        {%- endfor %}
        exceptions.firm_id,
        exceptions.exception_id,
        exceptions.code,
        exceptions.severity,
        exceptions.status,
        exceptions.subject_key,
        exceptions.clio_bill_number,
        exceptions.xero_invoice_number,
        exceptions.client_name,
        exceptions.trust_account,
        exceptions.matter_number,
        exceptions.amount,
        exceptions.ar_effect,
        exceptions.clio_value,
        exceptions.xero_value,
        exceptions.explanation,
        exceptions.suggested_action,
        exceptions.blocked_by,
        exceptions.group_id,
        exceptions.clio_url,
        exceptions.xero_url,
        -- A night that rebuilt a past day may say what no night has remembered.
        coalesce(lives.first_seen_at, exceptions.seen_at) as first_seen_at,
        coalesce(lives.last_seen_at, exceptions.seen_at) as last_seen_at,
        coalesce(lives.nights_seen, 1) as nights_seen,
        exceptions.subject_label,
        exceptions.document_amount,
        exceptions.since_date,
        exceptions.responsible_attorney,
        exceptions.candidate,
        exceptions.fingerprint
    from {{ ref('int_exceptions_in_order') }} as exceptions
    left join {{ ref('int_exception_lives') }} as lives
        on exceptions.firm_id = lives.firm_id and exceptions.exception_id = lives.exception_id
{%- endmacro %}
