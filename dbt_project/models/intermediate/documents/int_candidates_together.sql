-- Bills that are missing one by one, and an invoice of the client, dated within 35 days, that is as much as two to
-- eight of them: each of the bills names the invoice, three at most, and the invoice names the bills. A missing bill
-- and the invoices that are as much together name one another in the same way.
with

bills_and_invoices_near as (

    select distinct
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        cast(bills.total_amount * 100 as bigint) as bill_cents,
        cast(invoices.total_amount * 100 as bigint) as invoice_cents
    from {{ ref('int_documents_open') }} as invoices
    inner join {{ ref('int_client_contacts') }} as contacts
        on invoices.firm_id = contacts.firm_id and invoices.contact_id = contacts.contact_id
    inner join {{ ref('int_documents_open') }} as bills
        on
            invoices.firm_id = bills.firm_id
            and contacts.client_id = bills.client_id
            and invoices.issued_date between bills.issued_date - 35 and bills.issued_date + 35
            and {{ same_currency('bills.currency_code', 'invoices.currency_code') }}
    where
        invoices.invoice_id is not null
        and invoices.request_id is null
        and bills.bill_id is not null
        and bills.total_amount > 0
        and invoices.total_amount > 0

),

larger_ones_and_their_parts as (

    {%- for one, other in [('invoice', 'bill'), ('bill', 'invoice')] %}
        select
            firm_id,
            '{{ one }}' as one_kind,
            {{ one }}_id as one_id,
            {{ one }}_cents as one_cents,
            '{{ other }}' as part_kind,
            {{ other }}_id as part_id,
            {{ other }}_cents as part_cents
        from bills_and_invoices_near
        where {{ other }}_cents < {{ one }}_cents
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

sums_of_parts as (

    select
        firm_id,
        one_kind,
        one_id,
        part_kind,
        list(part_id order by part_id) as part_ids,
        sets_that_add_up(one_cents, list(part_cents order by part_id)) as found
    from larger_ones_and_their_parts
    group by firm_id, one_kind, one_id, one_cents, part_kind
    having count(*) > 1 and sum(part_cents) >= one_cents

),

parts_of_the_sums as (

    select
        firm_id,
        one_kind,
        one_id,
        part_kind,
        unnest(list_select(part_ids, struct_extract(found, 'members'))) as part_id
    from sums_of_parts
    where struct_extract(found, 'ways') > 0

),

documents_named as (

    select
        firm_id,
        'bill' as document_kind,
        bill_id as document_id,
        issued_date,
        'bill ' || coalesce(bill_number, 'without a number') as short_name,
        {{ document_of_day('bill', 'bill_number', 'issued_date') }}
        || ' (' || {{ money_text('payable_amount') }} || ')' as document_in_words,
        {{ number_and_id('bill_number', 'bill_id') }} as candidate
    from {{ ref('int_bills_valued') }}

    union all

    select
        firm_id,
        'invoice' as document_kind,
        invoice_id as document_id,
        issued_date,
        'invoice ' || coalesce(invoice_number, 'without a number') as short_name,
        {{ document_of_day('invoice', 'invoice_number', 'issued_date') }} || ' ('
        || {{ status_in_words('invoice_status') }} || ', ' || {{ money_text('total_amount') }} || ')'
            as document_in_words,
        {{ number_and_id('invoice_number', 'invoice_id') }} as candidate
    from {{ ref('int_sales_invoices') }}

),

parts_of_the_sums_named as (

    select
        parts.*,
        named.issued_date,
        named.document_in_words,
        named.candidate,
        list(named.short_name) over (
            partition by parts.firm_id, parts.one_kind, parts.one_id
            order by named.issued_date, parts.part_id
            rows between unbounded preceding and unbounded following
        ) as names_of_parts
    from parts_of_the_sums as parts
    inner join documents_named as named
        on
            parts.firm_id = named.firm_id
            and parts.part_kind = named.document_kind
            and parts.part_id = named.document_id

),

candidates_of_parts as (

    select
        parts.firm_id,
        parts.part_kind || ' among others' as named_on,
        parts.part_id as document_id,
        ones.document_in_words
        || case parts.one_kind when 'invoice' then ' for ' else ' as ' end
        || {{ listed('parts.names_of_parts', separator=', ', budget=100) }} as candidate_in_words,
        ones.candidate,
        row_number() over (
            partition by parts.firm_id, parts.part_kind, parts.part_id order by ones.issued_date, parts.one_id
        ) as candidate_order,
        count(*) over (partition by parts.firm_id, parts.part_kind, parts.part_id) as candidate_count
    from parts_of_the_sums_named as parts
    inner join documents_named as ones
        on
            parts.firm_id = ones.firm_id
            and parts.one_kind = ones.document_kind
            and parts.one_id = ones.document_id
    qualify candidate_order <= 3

),

candidates_of_several as (

    select
        firm_id,
        one_kind || ' of several' as named_on,
        one_id as document_id,
        document_in_words as candidate_in_words,
        candidate,
        row_number() over (partition by firm_id, one_kind, one_id order by issued_date, part_id) as candidate_order,
        count(*) over (partition by firm_id, one_kind, one_id) as candidate_count
    from parts_of_the_sums_named

),

candidates as (

    select * from candidates_of_parts
    union all
    select * from candidates_of_several

)

select
    firm_id,
    named_on,
    document_id,
    {{ candidates_listed('candidate_in_words', ';') }} as candidates_in_words,
    {{ candidates_listed('candidate', ',') }} as candidate
from candidates
group by firm_id, named_on, document_id
