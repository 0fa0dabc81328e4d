-- Invoices that may well be a bill's, yet prove nothing: of the same client (or one that nothing tells apart) and
-- total, dated up to 35 days apart; of its day and total, under a contact that is no client's; or of its number after
-- normalising with its total or day, whoever the contact is. For bills that are missing in Xero or dead there. A bill
-- names its three nearest invoices, and an invoice its three nearest bills, and how many there are: for who reads, and
-- for who copies a command. Equal documents are counted by group, never listed.
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

candidates_one_by_one as (

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
    from candidates_one_by_one
    group by firm_id, named_on, document_id, other_id
    qualify candidate_order <= {{ kept }}

),

candidates_in_words as (

    select
        nearest.firm_id,
        nearest.named_on,
        nearest.document_id,
        nearest.other_id,
        nearest.candidate_order,
        counted.candidate_count,
        case nearest.named_on
            when 'bill'
                then {{ document_of_day('invoice', 'invoices.invoice_number', 'invoices.issued_date') }} || ' ('
                    || {{ status_in_words('invoices.invoice_status') }} || ', '
                    || {{ money_text('invoices.total_amount') }} || ', '
                    || coalesce(invoices.contact_name, 'no contact') || ')'
            else {{ document_of_day('bill', 'bills.bill_number', 'bills.issued_date') }} || ' ('
                || {{ money_text('bills.payable_amount') }} || ', '
                || coalesce(bills.client_name, 'client not visible') || ')'
        end as candidate_in_words,
        {{ number_and_id('coalesce(invoices.invoice_number, bills.bill_number)', 'nearest.other_id') }} as candidate
    from nearest_candidates as nearest
    inner join candidates_counted as counted
        on
            nearest.firm_id = counted.firm_id
            and nearest.named_on = counted.named_on
            and nearest.document_id = counted.document_id
    left join {{ ref('int_sales_invoices') }} as invoices
        on
            nearest.firm_id = invoices.firm_id
            and nearest.named_on = 'bill'
            and nearest.other_id = invoices.invoice_id
    left join {{ ref('int_bills_valued') }} as bills
        on nearest.firm_id = bills.firm_id and nearest.named_on = 'invoice' and nearest.other_id = bills.bill_id

),

candidates_listed as (

    select
        firm_id,
        named_on,
        document_id,
        max(candidate_count) as candidate_count,
        {{ candidates_listed('candidate_in_words', ';') }} as candidates_in_words,
        {{ candidates_listed('candidate', ',') }} as candidate,
        max(other_id) as other_id
    from candidates_in_words
    group by firm_id, named_on, document_id

),

candidates_with_their_command as (

    -- Ids alone: a number is whatever somebody typed, and this is to be pasted into a shell.
    select
        *,
        case when candidate_count = 1 then other_id when named_on = 'bill' then 'INVOICE_ID' else 'BILL_ID' end
            as id_to_name,
        'tieout link ' || firm_id || ' '
        || case named_on when 'bill' then document_id || ' ' || id_to_name else id_to_name || ' ' || document_id end
        || ' --by "YOUR NAME" --reason "same document"' as link_command
    from candidates_listed

)

select
    firm_id,
    named_on,
    document_id,
    candidate_count,
    candidates_in_words,
    candidate,
    case
        when candidate_count = 1
            then 'Look at ' || candidates_in_words || '. If it is the same document, say so: ' || link_command
        else 'Look at each of these: ' || candidates_in_words || '. If one is the same document, say so with its id: '
            || link_command
    end as linking_it
from candidates_with_their_command
