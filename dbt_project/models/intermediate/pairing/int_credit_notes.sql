-- Sales credit notes as an invoice below zero would stand, and the negative bill that each is in Xero. Xero has no
-- invoice below zero: such a bill is there a credit note of the client, of that size, with the bill's number (or CN
-- before it), or with the number in its reference. Of several of one bill the live one, then the one by number, then
-- the oldest.
with

credit_notes as (

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

),

bills_below_zero as (

    select bills.*
    from {{ ref('int_bills_valued') }} as bills
    left join {{ ref('stg_evidence__matches') }} as links
        on bills.firm_id = links.firm_id and bills.bill_id = links.bill_id
    where bills.payable_amount < 0 and bills.number_key is not null and links.bill_id is null

),

candidates as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.bill_class,
        notes.invoice_id,
        notes.invoice_class,
        notes.issued_date,
        notes.changed_at,
        regexp_replace(notes.normalised_number_key, '^cn-?0*', '') = bills.normalised_number_key
        or notes.normalised_number_key = bills.normalised_number_key as is_by_number
    from bills_below_zero as bills
    inner join credit_notes as notes
        on
            bills.firm_id = notes.firm_id
            and bills.payable_amount = notes.total_amount
            and {{ same_currency('bills.currency_code', 'notes.currency_code') }}
    left join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and notes.contact_id = contacts.contact_id
    where
        notes.invoice_class <> 'dead'
        and (contacts.client_id is not null or not bills.is_client_visible)
        and (is_by_number or {{ names_number('notes.reference_key', 'bills.number_key') }})

),

candidates_counted as (

    select
        *,
        count(*) over (partition by firm_id, invoice_id, bill_class = 'dead') as bills_for_the_note,
        row_number() over (
            partition by firm_id, bill_id
            order by
                case invoice_class when 'live' then 1 else 2 end asc,
                is_by_number desc,
                issued_date asc nulls last,
                changed_at asc nulls last,
                invoice_id asc
        ) as preference_rank
    from candidates

),

-- Numbers repeat in Clio after a void: the bill that lives has the note before one that is dead.
pairs as (

    select *
    from candidates_counted
    where bills_for_the_note = 1 and preference_rank = 1
    qualify
        row_number() over (
            partition by firm_id, invoice_id
            order by bill_class = 'dead'
        ) = 1

)

select
    notes.*,
    pairs.bill_id
from credit_notes as notes
left join pairs
    on notes.firm_id = pairs.firm_id and notes.invoice_id = pairs.invoice_id
