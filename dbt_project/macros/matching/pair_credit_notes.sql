{#-
    Negative bills and the credit note that each is in Xero, which has no invoice below zero: a note of the client, of that
    size, with the bill's number (or CN before it), or with the number in its reference. Of several of one bill the live
    one, then the one by number, then the oldest. What a person linked to an invoice is no such bill.
-#}
{% macro pair_credit_notes() -%}
with

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
    inner join {{ ref('int_credit_notes') }} as notes
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

)

-- Numbers repeat in Clio after a void: the bill that lives has the note before one that is dead.
select
    firm_id,
    bill_id,
    invoice_id,
    'credit_note' as match_rule
from candidates_counted
where bills_for_the_note = 1 and preference_rank = 1
qualify
    row_number() over (
        partition by firm_id, invoice_id
        order by bill_class = 'dead'
    ) = 1
{%- endmacro %}
