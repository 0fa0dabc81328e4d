-- Credit that customers have in Xero and that is not yet applied to an invoice: it lowers Xero's receivables. That
-- prepayments stand in the receivables account too is an assumption (see assumptions). A credit note that is a negative
-- bill's partner belongs to that pair.
with

credits as (

    select
        firm_id,
        credit_note_id as credit_id,
        'credit note' as credit_kind,
        credit_note_number as credit_number,
        credit_note_status as credit_status,
        contact_id,
        contact_name,
        credit_note_date as credit_date,
        total_amount,
        remaining_amount,
        currency_rate,
        updated_at
    from {{ ref('stg_xero__credit_notes') }}
    where credit_note_type = 'ACCRECCREDIT'

    union all

    select
        firm_id,
        overpayment_id as credit_id,
        'overpayment' as credit_kind,
        reference as credit_number,
        overpayment_status as credit_status,
        contact_id,
        contact_name,
        overpayment_date as credit_date,
        total_amount,
        remaining_amount,
        currency_rate,
        updated_at
    from {{ ref('stg_xero__overpayments') }}
    where overpayment_type in ('RECEIVE-OVERPAYMENT', 'AROVERPAYMENT')

    union all

    select
        firm_id,
        prepayment_id as credit_id,
        'prepayment' as credit_kind,
        reference as credit_number,
        prepayment_status as credit_status,
        contact_id,
        contact_name,
        prepayment_date as credit_date,
        total_amount,
        remaining_amount,
        currency_rate,
        updated_at
    from {{ ref('stg_xero__prepayments') }}
    where prepayment_type in ('RECEIVE-PREPAYMENT', 'ARPREPAYMENT')

)

select
    credits.firm_id,
    credits.credit_id,
    credits.credit_kind,
    credits.credit_number,
    credits.contact_id,
    coalesce(contacts.contact_name, credits.contact_name) as contact_name,
    credits.credit_date,
    credits.total_amount,
    credits.remaining_amount,
    credits.currency_rate,
    named.contact_id is not null as is_not_from_clio,
    credits.updated_at as changed_at
from credits
left join {{ ref('int_xero_contacts') }} as contacts
    on credits.firm_id = contacts.firm_id and credits.contact_id = contacts.contact_id
left join {{ ref('int_contacts_not_from_clio') }} as named
    on credits.firm_id = named.firm_id and credits.contact_id = named.contact_id
left join {{ ref('int_credit_notes_paired') }} as paired
    on credits.firm_id = paired.firm_id and credits.credit_id = paired.credit_note_id
where paired.credit_note_id is null and credits.credit_status = 'AUTHORISED' and coalesce(credits.remaining_amount, 0) <> 0
