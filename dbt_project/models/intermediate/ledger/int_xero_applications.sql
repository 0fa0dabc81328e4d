-- Everything that has been applied to a sales invoice in Xero, taken back or not: payments and the applied parts of
-- overpayments and prepayments are payments, those of credit notes are credits. An applied part counts on its own
-- day. A credit note that is a negative bill's partner is used up by what it was applied to and by what was paid back:
-- there these stand below zero, as the note does.
with

applied_parts as (

    {%- for parent, kind in [('overpayment', 'payment'), ('prepayment', 'payment'), ('credit_note', 'credit')] %}
        select
            parts.firm_id,
            '{{ kind }}' as kind,
            coalesce(parts.allocation_id, parts.{{ parent }}_id || ' ' || parts.position) as entry_id,
            parts.invoice_id,
            parts.{{ parent }}_id as credit_id,
            coalesce(parts.is_deleted, false) or parents.{{ parent }}_status in ('VOIDED', 'DELETED') as is_reversed,
            parts.applied_date as entry_date,
            parts.applied_amount as amount,
            parents.changed_at
        from {{ ref('stg_xero__' ~ parent ~ '_allocations') }} as parts
        inner join {{ ref('stg_xero__' ~ parent ~ 's') }} as parents
            on parts.firm_id = parents.firm_id and parts.{{ parent }}_id = parents.{{ parent }}_id
        {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    firm_id,
    'payment' as kind,
    payment_id as entry_id,
    invoice_id,
    cast(null as varchar) as credit_id,
    coalesce(payment_status, '') <> 'AUTHORISED' as is_reversed,
    payment_date as entry_date,
    coalesce(payment_amount, 0) as amount,
    account_id,
    batch_payment_id,
    changed_at
from {{ ref('stg_xero__payments') }}
where payment_type = 'ACCRECPAYMENT'

union all

select
    firm_id,
    kind,
    entry_id,
    invoice_id,
    credit_id,
    is_reversed,
    entry_date,
    coalesce(amount, 0) as amount,
    cast(null as varchar) as account_id,
    cast(null as varchar) as batch_payment_id,
    changed_at
from applied_parts

union all

select
    parts.firm_id,
    'credit' as kind,
    {{ note_entry_id("coalesce(parts.allocation_id, parts.credit_note_id || ' ' || parts.position)") }} as entry_id,
    parts.credit_note_id as invoice_id,
    cast(null as varchar) as credit_id,
    coalesce(parts.is_deleted, false) or notes.credit_note_status in ('VOIDED', 'DELETED') as is_reversed,
    parts.applied_date as entry_date,
    -coalesce(parts.applied_amount, 0) as amount,
    cast(null as varchar) as account_id,
    cast(null as varchar) as batch_payment_id,
    notes.changed_at
from {{ ref('stg_xero__credit_note_allocations') }} as parts
inner join {{ ref('stg_xero__credit_notes') }} as notes
    on parts.firm_id = notes.firm_id and parts.credit_note_id = notes.credit_note_id
inner join {{ ref('int_pairs') }} as paired
    on parts.firm_id = paired.firm_id and parts.credit_note_id = paired.invoice_id

union all

select
    refunds.firm_id,
    'payment' as kind,
    refunds.payment_id as entry_id,
    refunds.invoice_id,
    cast(null as varchar) as credit_id,
    coalesce(refunds.payment_status, '') <> 'AUTHORISED' as is_reversed,
    refunds.payment_date as entry_date,
    -coalesce(refunds.payment_amount, 0) as amount,
    refunds.account_id,
    cast(null as varchar) as batch_payment_id,
    refunds.changed_at
from {{ ref('stg_xero__payments') }} as refunds
inner join {{ ref('int_pairs') }} as paired
    on refunds.firm_id = paired.firm_id and refunds.invoice_id = paired.invoice_id
where refunds.payment_type = 'ARCREDITPAYMENT'
