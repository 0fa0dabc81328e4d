-- Everything found tonight, in one shape. Each model that judges hands over, by name, what it knows; what it leaves
-- empty is read off the finding's own documents, and its severity off its code. From here on a finding carries its
-- client, matter, attorney, numbers, day and label, and nothing is looked up again.
{%- set sections = [
    'int_document_findings_worded', 'int_content_findings_worded', 'int_payment_findings_worded',
    'int_credit_findings', 'int_control_findings', 'int_unexplained_findings', 'int_trust_findings',
] %}
{%- set shape = {
    'firm_id': 'varchar', 'code': 'varchar', 'severity': 'varchar', 'finding_key': 'varchar',
    'subject_key': 'varchar', 'subject_label': 'varchar', 'detail_key': 'varchar', 'bill_id': 'varchar',
    'invoice_id': 'varchar', 'matter_id': 'varchar', 'client_name': 'varchar', 'matter_number': 'varchar',
    'trust_account': 'varchar', 'clio_value': 'varchar', 'xero_value': 'varchar', 'explanation': 'varchar',
    'suggested_action': 'varchar', 'candidate': 'varchar', 'blocked_by': 'varchar', 'group_id': 'varchar',
    'amount': 'decimal(18, 2)', 'ar_effect_amount': 'decimal(18, 2)', 'document_amount': 'decimal(18, 2)',
    'since_date': 'date', 'changed_at': 'timestamp',
} %}
with

the_shape_of_a_finding as (

    select {{ empty_columns(shape) }}

),

everything_found as (

    select * from the_shape_of_a_finding where false
    {% for section in sections %}
        union all by name
        select * from {{ ref(section) }}
    {% endfor %}

)

select
    found.firm_id,
    found.code,
    coalesce(found.severity, codes.severity) as severity,
    found.finding_key,
    found.subject_key,
    coalesce(
        found.subject_label,
        bills.bill_number,
        case when found.bill_id is null then invoices.invoice_number end,
        found.trust_account,
        case when found.subject_key = 'firm' then tonight.firm_name end,
        found.subject_key
    ) as subject_label,
    found.detail_key,
    found.bill_id,
    found.invoice_id,
    bills.bill_number as clio_bill_number,
    invoices.invoice_number as xero_invoice_number,
    coalesce(
        found.client_name, bills.client_name, case when bills.bill_id is null then invoices.contact_name end
    ) as client_name,
    coalesce(found.matter_number, bills.matter_number) as matter_number,
    coalesce(matters.responsible_attorney_name, bills.responsible_attorney) as responsible_attorney,
    found.trust_account,
    found.amount,
    found.ar_effect_amount,
    coalesce(found.document_amount, bills.payable_amount, invoices.total_amount) as document_amount,
    coalesce(found.since_date, bills.issued_date, invoices.issued_date) as since_date,
    found.clio_value,
    found.xero_value,
    found.explanation,
    found.suggested_action,
    found.candidate,
    found.blocked_by,
    found.group_id,
    found.changed_at
from everything_found as found
inner join {{ ref('int_tonight') }} as tonight
    on found.firm_id = tonight.firm_id
left join {{ ref('findings') }} as codes
    on found.code = codes.code
left join {{ ref('int_bills_introduced') }} as bills
    on found.firm_id = bills.firm_id and found.bill_id = bills.bill_id
left join {{ ref('int_invoices_valued') }} as invoices
    on found.firm_id = invoices.firm_id and found.invoice_id = invoices.invoice_id
left join {{ ref('stg_clio__matters') }} as matters
    on found.firm_id = matters.firm_id and found.matter_id = matters.matter_id
