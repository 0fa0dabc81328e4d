-- Everything that has been applied to a sales invoice in Xero, taken back or not: payments and the applied parts of
-- overpayments and prepayments are payments, those of credit notes are credits. An applied part counts on its own
-- day.
with

applied_parts as (

    {%- for parent, kind in [('overpayment', 'payment'), ('prepayment', 'payment'), ('credit_note', 'credit')] %}
        select
            parts.firm_id,
            '{{ kind }}' as kind,
            coalesce(parts.allocation_id, parts.{{ parent }}_id || ' ' || parts.position) as entry_id,
            parts.invoice_id,
            coalesce(parts.is_deleted, false) or parents.{{ parent }}_status in ('VOIDED', 'DELETED') as is_reversed,
            parts.applied_date as entry_date,
            parts.applied_amount as amount,
            {{ change_stamp('parents.updated_at', 'parents.loaded_at') }} as changed_at
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
    coalesce(payment_status, '') <> 'AUTHORISED' as is_reversed,
    payment_date as entry_date,
    coalesce(payment_amount, 0) as amount,
    account_id,
    {{ change_stamp('updated_at', 'loaded_at') }} as changed_at
from {{ ref('stg_xero__payments') }}
where payment_type = 'ACCRECPAYMENT'

union all

select
    firm_id,
    kind,
    entry_id,
    invoice_id,
    is_reversed,
    entry_date,
    coalesce(amount, 0) as amount,
    cast(null as varchar) as account_id,
    changed_at
from applied_parts
