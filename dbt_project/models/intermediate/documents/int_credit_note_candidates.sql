-- Credit notes without a bill that may be a negative bill's, yet prove nothing: its number or reference names the bill,
-- whatever the total, or client and size are the bill's. As a row names them, the first three.
with

bills as (

    select
        bills.*,
        documents.bill_key
    from {{ ref('int_documents_open') }} as documents
    inner join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    where bills.payable_amount < 0

),

notes as (

    select notes.*
    from {{ ref('int_credit_notes_valued') }} as notes
    left join {{ ref('int_credit_notes_paired') }} as paired
        on notes.firm_id = paired.firm_id and notes.invoice_id = paired.credit_note_id
    where paired.credit_note_id is null and notes.invoice_class <> 'dead'

),

candidates as (

    select
        bills.firm_id,
        bills.bill_id,
        'credit note ' || coalesce(notes.invoice_number, 'without a number') || ' of '
        || coalesce(cast(notes.issued_date as varchar), 'no date') || ' ('
        || {{ status_in_words('notes.invoice_status') }} || ', '
        || {{ money_text('-notes.total_amount') }} || ', ' || coalesce(notes.contact_name, 'no contact') || ')'
            as candidate_in_words,
        concat_ws(' ', notes.invoice_number, '(' || notes.invoice_id || ')') as candidate,
        row_number() over (
            partition by bills.firm_id, bills.bill_id
            order by
                notes.total_amount <> bills.payable_amount,
                {{ days_apart('bills.issued_date', 'notes.issued_date') }},
                notes.invoice_id
        ) as candidate_order,
        count(*) over (partition by bills.firm_id, bills.bill_id) as candidate_count
    from bills
    inner join notes
        on bills.firm_id = notes.firm_id
    left join {{ ref('int_clients_tied') }} as ties
        on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id and notes.contact_id = ties.contact_id
    where
        (ties.client_id is not null and notes.total_amount = bills.payable_amount)
        or regexp_replace(notes.normalised_number_key, '^cn-?0*', '') = bills.normalised_number_key
        or {{ names_number('notes.reference_key', 'bills.number_key') }}

)

select
    firm_id,
    bill_id,
    string_agg(candidate_in_words, '; ' order by candidate_order)
    || case
        when max(candidate_count) > count(*) then '; and ' || (max(candidate_count) - count(*)) || ' more' else ''
    end as candidates_in_words,
    string_agg(candidate, ', ' order by candidate_order) as candidate
from candidates
where candidate_order <= 3
group by firm_id, bill_id
