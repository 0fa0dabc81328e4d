-- Sales credit notes as an invoice below zero would stand. Which of them is a negative bill, the pairs say.
select
    notes.firm_id,
    'credit note' as document_kind,
    {{ subject_key('xero-credit', 'notes.credit_note_id') }} as invoice_key,
    notes.credit_note_id as invoice_id,
    notes.credit_note_number as invoice_number,
    {{ number_key('notes.credit_note_number') }} as number_key,
    {{ normalised_number_key('notes.credit_note_number') }} as normalised_number_key,
    notes.credit_note_status as invoice_status,
    case
        when notes.credit_note_status in ('AUTHORISED', 'PAID') then 'live'
        when notes.credit_note_status in ('DRAFT', 'SUBMITTED') then 'draft'
        else 'dead'
    end as invoice_class,
    coalesce(contacts.standing_contact_id, notes.contact_id) as contact_id,
    coalesce(contacts.standing_contact_name, notes.contact_name) as contact_name,
    notes.contact_id as booked_contact_id,
    contacts.standing_contact_status as contact_status,
    notes.currency_code,
    notes.currency_rate,
    notes.credit_note_date as issued_date,
    cast(null as date) as due_date,
    notes.line_amount_types,
    cast(-coalesce(notes.total_amount, 0) as decimal(18, 2)) as total_amount,
    cast(-coalesce(notes.tax_amount, 0) as decimal(18, 2)) as tax_amount,
    cast(coalesce(notes.tax_amount, 0) - coalesce(notes.total_amount, 0) as decimal(18, 2)) as net_amount,
    cast(coalesce(notes.remaining_amount, 0) - coalesce(notes.total_amount, 0) as decimal(18, 2)) as paid_amount,
    cast(0 as decimal(18, 2)) as credited_amount,
    cast(-coalesce(notes.remaining_amount, 0) as decimal(18, 2)) as due_amount,
    cast(
        case when notes.credit_note_status = 'AUTHORISED' then -coalesce(notes.remaining_amount, 0) else 0 end
        as decimal(18, 2)
    ) as xero_ar_amount,
    notes.updated_at as changed_at,
    {{ fold_case('notes.reference') }} as reference_key
from {{ ref('stg_xero__credit_notes') }} as notes
left join {{ ref('int_xero_contacts') }} as contacts
    on notes.firm_id = contacts.firm_id and notes.contact_id = contacts.contact_id
where notes.credit_note_type = 'ACCRECCREDIT' and not coalesce(contacts.is_not_from_clio, false)
