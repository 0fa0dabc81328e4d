-- Everything found tonight, in one shape. Each model that judges hands over the columns it knows by name; one that a
-- model does not know is empty. A finding is as bad as its code says, unless the model gives the row a severity of its
-- own.
{%- set sections = [
    'int_document_findings_worded', 'int_content_findings_worded', 'int_payment_findings_worded',
    'int_credit_findings', 'int_control_findings', 'int_unexplained_findings', 'int_trust_findings',
] %}
{%- set texts = [
    'firm_id', 'code', 'severity', 'finding_key', 'subject_key', 'detail_key', 'bill_id', 'invoice_id', 'clio_value',
    'xero_value', 'explanation', 'suggested_action', 'blocked_by', 'group_id',
] %}
with

the_shape_of_a_finding as (

    select
        {%- for column in texts %}
            cast(null as varchar) as {{ column }},
        {%- endfor %}
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as ar_effect_amount,
        cast(null as timestamp) as changed_at

),

everything_found as (

    select * from the_shape_of_a_finding where false
    {% for section in sections %}
        union all by name
        select * from {{ ref(section) }}
    {% endfor %}

)

select
    {%- for column in texts if column != 'severity' %}
        found.{{ column }},
    {%- endfor %}
    coalesce(found.severity, codes.severity) as severity,
    found.amount,
    found.ar_effect_amount,
    found.changed_at
from everything_found as found
left join {{ ref('findings') }} as codes
    on found.code = codes.code
