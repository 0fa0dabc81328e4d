-- Approved bills that Xero lacks, or has only void, in a bookkeeper's words: the fact, what may be the bill all the
-- same, why it may not have arrived, and the step. Nothing is advised that Xero would refuse or that would make a
-- second invoice. The contact whose archiving keeps a bill out is handed on: several bills may share it.
with

missing_bills as (

    select
        classified.firm_id,
        classified.outcome as code,
        classified.bill_id,
        classified.invoice_id,
        classified.ar_difference_amount,
        classified.changed_at,
        bills.bill_number,
        bills.number_key,
        bills.client_id,
        bills.issued_date,
        bills.payable_amount,
        bills.paid_amount <> 0 as is_paid,
        {{ bill_in_words('bills') }} as the_bill,
        {{ bill_standing('bills') }} as bill_standing,
        {{ money_text('bills.payable_amount') }} as bill_total,
        {{ money_text('bills.balance_amount') }} as bill_balance
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_bills_valued') }} as bills
        on classified.firm_id = bills.firm_id and classified.bill_id = bills.bill_id
    where classified.outcome in ('missing_in_xero', 'credit_note_missing', 'void_in_xero_live_in_clio')

),

archived_contacts as (

    -- What was merged into another contact is that other, archived or not.
    select
        bills.firm_id,
        bills.bill_id,
        coalesce(max(contacts.contact_name), 'without a name') as contact_name
    from missing_bills as bills
    inner join {{ ref('int_client_contacts') }} as ties
        on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id and ties.relation = 'same'
    inner join {{ ref('int_xero_contacts') }} as contacts
        on
            ties.firm_id = contacts.firm_id
            and ties.contact_id = contacts.contact_id
            and contacts.contact_id = contacts.standing_contact_id
    group by bills.firm_id, bills.bill_id
    having count(case when contacts.contact_status <> 'ARCHIVED' then 1 end) = 0

),

causes as (

    -- Where the data shows it; several may hold at once.
    select
        bills.firm_id,
        bills.bill_id,
        1 as cause_order,
        'number ' || bills.bill_number || ' is held by an invoice of ' || coalesce(invoices.contact_name, 'no contact')
        || ' that was voided in Xero, and Xero takes a number only once' as cause,
        'Renumber the voided invoice that holds ' || invoices.invoice_number || ' in Xero' as cure
    from missing_bills as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and invoices.invoice_status = 'VOIDED'

    union all

    select
        bills.firm_id,
        bills.bill_id,
        2 as cause_order,
        'number ' || bills.bill_number || ' stands on the invoice of another bill, for '
        || coalesce(invoices.contact_name, 'no contact') || ', and Xero takes a number only once' as cause,
        'Give this bill a number of its own in Clio' as cure
    from missing_bills as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and invoices.invoice_class <> 'dead'
    inner join {{ ref('int_pairs') }} as pairs
        on
            invoices.firm_id = pairs.firm_id
            and invoices.invoice_id = pairs.invoice_id
            and bills.bill_id <> pairs.bill_id

    union all

    select
        firm_id,
        bill_id,
        3 as cause_order,
        'the contact ' || contact_name || ' is archived in Xero' as cause,
        'Restore the contact ' || contact_name || ' in Xero' as cure
    from archived_contacts

    union all

    select
        bills.firm_id,
        bills.bill_id,
        4 as cause_order,
        'it is dated '
        || bills.issued_date
        || ', and the books in Xero are locked until '
        || firms.locked_until_date as cause,
        'Ask the firm whether to open the books that are locked until ' || firms.locked_until_date
        || ' or to date the bill later' as cure
    from missing_bills as bills
    inner join {{ ref('int_firms') }} as firms
        on bills.firm_id = firms.firm_id and bills.issued_date <= firms.locked_until_date

),

-- The likely causes of each missing bill and their cures, each in one sentence; the same words only once.
{% for words in ['cause', 'cure'] %}
    {{ words }}s_of_each_bill as (

        select
            firm_id,
            bill_id,
            {{ listed(
                'list(' ~ words ~ ' order by cause_order, ' ~ words ~ ')', '; ' if words == 'cause' else '. ', 400
            ) }}
                as {{ words }}s
        from (
            select
                firm_id,
                bill_id,
                {{ words }},
                min(cause_order) as cause_order
            from causes
            group by firm_id, bill_id, {{ words }}
        ) as {{ words }}s_once
        group by firm_id, bill_id

    ),
{% endfor %}

credit_notes_that_may_be_it as (

    -- Number or reference name the bill, whatever the total, or client and size are the bill's: that proves nothing.
    select
        bills.firm_id,
        bills.bill_id,
        {{ document_of_day('credit note', 'notes.invoice_number', 'notes.issued_date') }} || ' ('
        || {{ status_in_words('notes.invoice_status') }} || ', '
        || {{ money_text('-notes.total_amount') }} || ', ' || coalesce(notes.contact_name, 'no contact') || ')'
            as candidate_in_words,
        {{ number_and_id('notes.invoice_number', 'notes.invoice_id') }} as candidate,
        row_number() over (
            partition by bills.firm_id, bills.bill_id
            order by
                notes.total_amount <> bills.total_amount,
                {{ days_apart('bills.issued_date', 'notes.issued_date') }},
                notes.invoice_id
        ) as candidate_order,
        count(*) over (partition by bills.firm_id, bills.bill_id) as candidate_count
    from {{ ref('int_documents_open') }} as bills
    inner join {{ ref('int_credit_notes') }} as notes
        on bills.firm_id = notes.firm_id and notes.invoice_class <> 'dead'
    left join {{ ref('int_pairs') }} as pairs
        on notes.firm_id = pairs.firm_id and notes.invoice_id = pairs.invoice_id
    left join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and notes.contact_id = contacts.contact_id
    where
        bills.bill_id is not null
        and bills.total_amount < 0
        and pairs.invoice_id is null
        and (
            (contacts.relation = 'same' and notes.total_amount = bills.total_amount)
            or regexp_replace(notes.normalised_number_key, '^cn-?0*', '') = bills.normalised_number_key
            or {{ names_number('notes.reference_key', 'bills.number_key') }}
        )
    qualify candidate_order <= 3

),

credit_notes_of_each_bill as (

    select
        firm_id,
        bill_id,
        {{ candidates_listed('candidate_in_words', ';') }} as candidates_in_words,
        {{ candidates_listed('candidate', ',') }} as candidate
    from credit_notes_that_may_be_it
    group by firm_id, bill_id

),

negative_drafts_of_each_bill as (

    select
        documents.firm_id,
        documents.negative_bill_id as bill_id,
        string_agg(
            {{ invoice_in_words('drafts') }} || ' (' || {{ money_text('drafts.total_amount') }} || ')', ', '
            order by {{ invoice_in_words('drafts') }}, drafts.invoice_id
        ) as drafts,
        string_agg(
            coalesce(drafts.invoice_number, 'without a number') || ' (' || drafts.invoice_id || ')', ', '
            order by drafts.invoice_number, drafts.invoice_id
        ) as candidate
    from {{ ref('int_documents_open') }} as documents
    inner join {{ ref('int_invoices_valued') }} as drafts
        on documents.firm_id = drafts.firm_id and documents.invoice_id = drafts.invoice_id
    where documents.negative_bill_id is not null
    group by documents.firm_id, documents.negative_bill_id

),

bills_with_what_is_known as (

    select
        bills.*,
        {{ invoice_in_words('invoices') }} as the_invoice,
        {{ invoice_standing('invoices') }} as invoice_standing,
        {{ status_in_words('invoices.invoice_status') }} as invoice_status_word,
        causes.causes,
        coalesce(cures.cures || '. Then', 'Edit and') || ' save the bill in Clio so that it is sent to Xero again.'
            as sending_it,
        archived_contacts.contact_name as archived_contact,
        drafts.drafts as negative_drafts,
        coalesce(candidates.candidates_in_words, notes.candidates_in_words) as candidates_in_words,
        candidates.linking_it
        || '; if it is not, link it to its own bill or name it as not from Clio, and this row says the next step.'
            as linking_it,
        case when candidates.document_id is null then together.candidates_in_words end as together_in_words,
        case
            when candidates.document_id is null and together.document_id is null then parts.candidates_in_words
        end as parts_in_words,
        coalesce(
            candidates.candidate, notes.candidate, drafts.candidate, together.candidate, parts.candidate
        ) as candidate
    from missing_bills as bills
    left join {{ ref('int_invoices_valued') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.invoice_id = invoices.invoice_id
    left join archived_contacts
        on bills.firm_id = archived_contacts.firm_id and bills.bill_id = archived_contacts.bill_id
    left join causes_of_each_bill as causes
        on bills.firm_id = causes.firm_id and bills.bill_id = causes.bill_id
    left join cures_of_each_bill as cures
        on bills.firm_id = cures.firm_id and bills.bill_id = cures.bill_id
    left join credit_notes_of_each_bill as notes
        on bills.firm_id = notes.firm_id and bills.bill_id = notes.bill_id and bills.code = 'credit_note_missing'
    left join negative_drafts_of_each_bill as drafts
        on bills.firm_id = drafts.firm_id and bills.bill_id = drafts.bill_id
    left join {{ ref('int_candidates') }} as candidates
        on
            bills.firm_id = candidates.firm_id
            and bills.bill_id = candidates.document_id
            and candidates.named_on = 'bill'
            and bills.code <> 'credit_note_missing'
    left join {{ ref('int_candidates_together') }} as together
        on
            bills.firm_id = together.firm_id
            and bills.bill_id = together.document_id
            and together.named_on = 'bill among others'
            and bills.code = 'missing_in_xero'
    left join {{ ref('int_candidates_together') }} as parts
        on
            bills.firm_id = parts.firm_id
            and bills.bill_id = parts.document_id
            and parts.named_on = 'bill of several'
            and bills.code = 'missing_in_xero'

)

select
    firm_id,
    code,
    code || '|' || {{ subject_key('clio', 'bill_id') }} || coalesce('|' || {{ subject_key('xero', 'invoice_id') }}, '')
        as finding_key,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    bill_id,
    invoice_id,
    cast(abs(ar_difference_amount) as decimal(18, 2)) as amount,
    ar_difference_amount as ar_effect_amount,
    bill_standing as clio_value,
    invoice_standing as xero_value,
    case code
        when 'missing_in_xero'
            then the_bill || ', issued ' || coalesce(cast(issued_date as varchar), 'on no date')
                || ', is approved in Clio (total ' || bill_total || ', balance ' || bill_balance
                || ') and has no invoice in Xero.'
                || coalesce(' It may be there under another number or name: ' || candidates_in_words || '.', '')
                || coalesce(' It may be there together with others: ' || together_in_words || '.', '')
                || coalesce(' It may be there in parts: ' || parts_in_words || '.', '')
                || coalesce(' Likely cause: ' || causes || '.', '')
        when 'credit_note_missing'
            then the_bill || ', issued ' || coalesce(cast(issued_date as varchar), 'on no date')
                || ', has a negative total of ' || bill_total || ' (balance ' || bill_balance
                || ') and no credit note in Xero, which has no invoice below zero.'
                || coalesce(' What may be it: ' || candidates_in_words || '.', '')
                || coalesce(' It stands there as a draft that cannot be approved: ' || negative_drafts || '.', '')
        when 'void_in_xero_live_in_clio'
            then the_bill || ' is approved in Clio with ' || bill_balance || ' to pay, yet '
                || the_invoice || ' is ' || invoice_status_word || ' in Xero.'
                || coalesce(' It may be there once more: ' || candidates_in_words || '.', '')
    end as explanation,
    case
        when code = 'credit_note_missing'
            then coalesce('Delete the draft ' || negative_drafts || ' in Xero. ', '')
                || coalesce(
                    'Look at ' || candidates_in_words || '. If it is this bill''s, correct it so that its total is '
                    || {{ money_text('-payable_amount') }} || ' and its reference names '
                    || coalesce(bill_number, bill_id) || '; only if it is not, raise one.',
                    'Raise a credit note of ' || {{ money_text('-payable_amount') }} || ' for the client in Xero, with '
                    || coalesce(bill_number, bill_id) || ' as its number or in its reference.'
                )
        when linking_it is not null then linking_it
        when together_in_words is not null
            then 'Ask whether one invoice stands for several bills: ' || together_in_words
                || '. While it stands, none of them is to arrive a second time. If it stands for something '
                || 'else, name it as not from Clio, and this row says the next step.'
        when parts_in_words is not null
            then 'Ask whether these stand for the bill in parts: ' || parts_in_words
                || '. While they stand, it is not to arrive a second time. If they stand for something '
                || 'else, name them as not from Clio, and this row says the next step.'
        when code = 'missing_in_xero' then sending_it
        when is_paid then 'The bill is paid in Clio, so it is to stand in Xero too. ' || sending_it
        else 'If the bill is right: ' || sending_it || ' If the void was meant, void the bill in Clio.'
    end as suggested_action,
    candidate,
    archived_contact,
    changed_at
from bills_with_what_is_known
