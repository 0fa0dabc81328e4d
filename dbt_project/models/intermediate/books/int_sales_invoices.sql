-- Sales invoices, and which of them may be a bill's: not those that the firm says never come from Clio, by contact,
-- number or account.
with

invoices_classed as (

    select
        *,
        case
            when invoice_status in ('AUTHORISED', 'PAID') then 'live'
            when invoice_status in ('DRAFT', 'SUBMITTED') then 'draft'
            else 'dead'
        end as invoice_class
    from {{ ref('stg_xero__invoices') }}

),

invoices_named_by_number as (

    select
        invoices.firm_id,
        invoices.invoice_id
    from invoices_classed as invoices
    inner join {{ ref('stg_evidence__not_from_clio') }} as names
        on
            invoices.firm_id = names.firm_id
            and names.named_by = 'number_pattern'
            and regexp_matches(invoices.invoice_number, names.named_value)

),

invoices_named_by_account as (

    -- Every line that is booked anywhere has to be booked there: one miscoded line does not hide a bill.
    select
        lines.firm_id,
        lines.invoice_id
    from {{ ref('stg_xero__invoice_lines') }} as lines
    left join {{ ref('stg_evidence__not_from_clio') }} as names
        on
            lines.firm_id = names.firm_id
            and names.named_by = 'account_code'
            and lines.account_code = names.named_value
    where lines.account_code is not null
    group by lines.firm_id, lines.invoice_id
    having count(*) = count(names.named_value)

),

invoices_not_from_clio as (

    select
        invoices.firm_id,
        invoices.invoice_id
    from invoices_classed as invoices
    inner join {{ ref('int_xero_contacts') }} as contacts
        on invoices.firm_id = contacts.firm_id and invoices.contact_id = contacts.contact_id
    where contacts.is_not_from_clio
    union
    select * from invoices_named_by_number
    union
    select * from invoices_named_by_account

)

select
    invoices.firm_id,
    'invoice' as document_kind,
    {{ subject_key('xero', 'invoices.invoice_id') }} as invoice_key,
    invoices.invoice_id,
    invoices.invoice_number,
    {{ number_key('invoices.invoice_number') }} as number_key,
    {{ normalised_number_key('invoices.invoice_number') }} as normalised_number_key,
    invoices.invoice_status,
    invoices.invoice_class,
    -- A contact that was merged into another is that other.
    coalesce(contacts.standing_contact_id, invoices.contact_id) as contact_id,
    coalesce(contacts.standing_contact_name, invoices.contact_name) as contact_name,
    invoices.contact_id as booked_contact_id,
    contacts.standing_contact_status as contact_status,
    invoices.currency_code,
    invoices.currency_rate,
    invoices.issued_date,
    invoices.due_date,
    invoices.line_amount_types,
    cast(coalesce(invoices.total_amount, 0) as decimal(18, 2)) as total_amount,
    cast(coalesce(invoices.tax_amount, 0) as decimal(18, 2)) as tax_amount,
    cast(coalesce(invoices.total_amount, 0) - coalesce(invoices.tax_amount, 0) as decimal(18, 2)) as net_amount,
    cast(coalesce(invoices.paid_amount, 0) as decimal(18, 2)) as paid_amount,
    cast(coalesce(invoices.credited_amount, 0) as decimal(18, 2)) as credited_amount,
    cast(coalesce(invoices.due_amount, 0) as decimal(18, 2)) as due_amount,
    cast(
        case when invoices.invoice_status = 'AUTHORISED' then coalesce(invoices.due_amount, 0) else 0 end
        as decimal(18, 2)
    ) as xero_ar_amount,
    invoices.changed_at,
    named.invoice_id is not null as is_not_from_clio,
    -- Xero never approves a draft below zero.
    named.invoice_id is null
    and not (invoices.invoice_class = 'draft' and coalesce(invoices.total_amount, 0) < 0) as may_be_a_bill
from invoices_classed as invoices
left join {{ ref('int_xero_contacts') }} as contacts
    on
        invoices.firm_id = contacts.firm_id
        and invoices.contact_id = contacts.contact_id
left join invoices_not_from_clio as named
    on invoices.firm_id = named.firm_id and invoices.invoice_id = named.invoice_id
