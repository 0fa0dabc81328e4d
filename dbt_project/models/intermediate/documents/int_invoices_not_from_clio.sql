with

invoices_named_by_contact as (

    select
        invoices.firm_id,
        invoices.invoice_id
    from {{ ref('int_sales_invoices') }} as invoices
    inner join {{ ref('int_contacts_not_from_clio') }} as contacts
        on
            invoices.firm_id = contacts.firm_id
            and invoices.booked_contact_id = contacts.contact_id

),

invoices_named_by_number as (

    select
        invoices.firm_id,
        invoices.invoice_id
    from {{ ref('int_sales_invoices') }} as invoices
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

)

select
    firm_id,
    invoice_id
from invoices_named_by_contact
union
select
    firm_id,
    invoice_id
from invoices_named_by_number
union
select
    firm_id,
    invoice_id
from invoices_named_by_account
