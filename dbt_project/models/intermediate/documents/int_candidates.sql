-- What a document without partner may be on the other side, all the same; it proves nothing. One by one: of the same
-- client (or one that nothing tells apart) and total, dated up to 35 days apart; of its day and total, under a contact
-- that is no client's; or of its number after normalising with its total or day, whoever the contact is. That is asked
-- for bills whose invoice is dead as well, and equal documents are counted by group, never listed: a document names the
-- three nearest and how many there are. Where there is none, it may be several together or in parts. A negative bill
-- may be a credit note.
{%- set kept = 3 %}
with

bills as (

    select
        firm_id,
        bill_id,
        client_id,
        is_client_visible,
        normalised_number_key,
        issued_date,
        totals,
        currency_code
    from {{ ref('int_documents_open') }}
    where bill_id is not null

    union all

    select
        bills.firm_id,
        bills.bill_id,
        bills.client_id,
        bills.is_client_visible,
        bills.normalised_number_key,
        bills.issued_date,
        bills.totals,
        bills.currency_code
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    where documents.bill_class = 'approved' and documents.invoice_class = 'dead'

),

contacts_of_clients as (

    select distinct
        firm_id,
        contact_id
    from {{ ref('int_client_contacts') }}

),

invoices as (

    -- A contact that is no known client's may be anybody's: that is the contact without an id.
    select documents.* replace (clients.contact_id as contact_id)
    from {{ ref('int_documents_open') }} as documents
    left join contacts_of_clients as clients
        on documents.firm_id = clients.firm_id and documents.contact_id = clients.contact_id
    where
        documents.invoice_id is not null
        and documents.request_id is null
        and documents.colliding_bill_id is null
        and documents.total_amount >= 0

),

bills_under_each_total as (

    select
        * exclude (totals),
        unnest(totals) as total_amount
    from bills

),

bills_with_each_contact as (

    select
        bills.*,
        contacts.contact_id
    from bills_under_each_total as bills
    inner join {{ ref('int_client_contacts') }} as contacts
        on bills.firm_id = contacts.firm_id and bills.client_id = contacts.client_id

    union all

    select
        *,
        cast(null as varchar) as contact_id
    from bills_under_each_total

),

bills_by_group as (

    select
        firm_id,
        contact_id,
        total_amount,
        currency_code,
        issued_date,
        list_sort(array_agg(distinct bill_id)) as bill_ids
    from bills_with_each_contact
    group by all

),

invoices_by_group as (

    select
        firm_id,
        contact_id,
        total_amount,
        currency_code,
        issued_date,
        list_sort(array_agg(invoice_id)) as invoice_ids
    from invoices
    group by all

),

groups_within_reach as (

    select
        bills.firm_id,
        bills.bill_ids,
        invoices.invoice_ids,
        {{ days_apart('bills.issued_date', 'invoices.issued_date') }} as days_apart
    from bills_by_group as bills
    inner join invoices_by_group as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.contact_id is not distinct from invoices.contact_id
            and bills.total_amount = invoices.total_amount
            and {{ same_currency('bills.currency_code', 'invoices.currency_code') }}
            and {{ days_apart('bills.issued_date', 'invoices.issued_date') }}
            <= case when bills.contact_id is null then 0 else 35 end

),

candidates_by_number as (

    select distinct
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        {{ days_apart('bills.issued_date', 'invoices.issued_date') }} as days_apart,
        list_contains(bills.totals, invoices.total_amount) as total_agrees,
        coalesce(
            total_agrees
            and (contacts.client_id is not null or invoices.contact_id is null)
            and {{ days_apart('bills.issued_date', 'invoices.issued_date') }}
            <= case when invoices.contact_id is null then 0 else 35 end
            and {{ same_currency('bills.currency_code', 'invoices.currency_code') }},
            false
        ) as is_within_reach
    from bills
    inner join invoices
        on bills.firm_id = invoices.firm_id and bills.normalised_number_key = invoices.normalised_number_key
    left join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and invoices.contact_id = contacts.contact_id
    where
        total_agrees
        or contacts.client_id is not null
        or not bills.is_client_visible
        or bills.issued_date = invoices.issued_date

),

candidates_of_each_document as (

    -- What a number and a group both name counts once.
    {%- for named_on, other in [('bill', 'invoice'), ('invoice', 'bill')] %}
        select
            firm_id,
            '{{ named_on }}' as named_on,
            unnest({{ named_on }}_ids) as document_id,
            {{ other }}_ids as other_ids,
            days_apart,
            2 as reason_rank,
            len({{ other }}_ids) as candidate_count
        from groups_within_reach

        union all

        select
            firm_id,
            '{{ named_on }}' as named_on,
            {{ named_on }}_id as document_id,
            [{{ other }}_id] as other_ids,
            days_apart,
            1 as reason_rank,
            case when is_within_reach then 0 else 1 end as candidate_count
        from candidates_by_number

        {{ 'union all' if not loop.last }}
    {% endfor %}

),

candidates_counted as (

    select
        firm_id,
        named_on,
        document_id,
        cast(sum(candidate_count) as integer) as candidate_count
    from candidates_of_each_document
    group by firm_id, named_on, document_id

),

candidates_unnested as (

    select
        * exclude (other_ids),
        unnest(other_ids[:{{ kept }}]) as other_id
    from candidates_of_each_document

),

nearest_candidates as (

    select
        firm_id,
        named_on,
        document_id,
        other_id,
        row_number() over (
            partition by firm_id, named_on, document_id order by min(reason_rank), min(days_apart), other_id
        ) as candidate_order
    from candidates_unnested
    group by firm_id, named_on, document_id, other_id
    qualify candidate_order <= {{ kept }}

),

credit_notes_that_may_be_it as (

    -- Number or reference name the bill, whatever the total, or client and size are the bill's.
    select
        bills.firm_id,
        'negative bill' as named_on,
        bills.bill_id as document_id,
        'credit note' as way,
        1 as way_rank,
        notes.invoice_id as other_id,
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
    qualify candidate_order <= {{ kept }}

),

candidates_in_each_way as (

    select
        nearest.firm_id,
        nearest.named_on,
        nearest.document_id,
        'one by one' as way,
        1 as way_rank,
        nearest.other_id,
        nearest.candidate_order,
        counted.candidate_count
    from nearest_candidates as nearest
    inner join candidates_counted as counted
        on
            nearest.firm_id = counted.firm_id
            and nearest.named_on = counted.named_on
            and nearest.document_id = counted.document_id

    union all by name

    select
        *,
        case way when 'together' then 2 else 3 end as way_rank
    from {{ ref('int_candidates_together') }}

    union all by name

    select * from credit_notes_that_may_be_it

)

select
    firm_id,
    named_on,
    document_id,
    way,
    other_id,
    cast(candidate_order as integer) as candidate_order,
    cast(candidate_count as integer) as candidate_count,
    part_ids
from candidates_in_each_way
qualify way_rank = min(way_rank) over (partition by firm_id, named_on, document_id)
