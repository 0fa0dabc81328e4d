-- Bills that are missing one by one, and an invoice of the client, dated within 35 days, that is as much as two to
-- eight of them: together. Or a missing bill and the invoices that are as much as it: in parts. The whole names its
-- parts; each part names the whole, three at most, and what it makes it up with.
with

bills_and_invoices_near as (

    select distinct
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        bills.issued_date as bill_date,
        invoices.issued_date as invoice_date,
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
            {{ one }}_date as one_date,
            {{ one }}_cents as one_cents,
            '{{ other }}' as part_kind,
            {{ other }}_id as part_id,
            {{ other }}_date as part_date,
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
        one_date,
        part_kind,
        list(part_id order by part_id) as part_ids,
        list(part_date order by part_id) as part_dates,
        sets_that_add_up(one_cents, list(part_cents order by part_id)) as found
    from larger_ones_and_their_parts
    group by firm_id, one_kind, one_id, one_date, one_cents, part_kind
    having count(*) > 1 and sum(part_cents) >= one_cents

),

parts_of_the_sums as (

    select
        firm_id,
        case one_kind when 'invoice' then 'together' else 'in parts' end as way,
        one_kind,
        one_id,
        one_date,
        part_kind,
        unnest(list_select(part_ids, struct_extract(found, 'members'))) as part_id,
        unnest(list_select(part_dates, struct_extract(found, 'members'))) as part_date
    from sums_of_parts
    where struct_extract(found, 'ways') > 0

),

parts_beside_one_another as (

    select
        *,
        list(part_id) over of_the_sum as part_ids
    from parts_of_the_sums
    window
        of_the_sum as (
            partition by firm_id, one_kind, one_id
            order by part_date, part_id
            rows between unbounded preceding and unbounded following
        )

)

select
    firm_id,
    one_kind as named_on,
    one_id as document_id,
    way,
    part_id as other_id,
    row_number() over (partition by firm_id, one_kind, one_id order by part_date, part_id) as candidate_order,
    len(part_ids) as candidate_count,
    cast(null as varchar[]) as part_ids
from parts_beside_one_another

union all

select
    firm_id,
    part_kind as named_on,
    part_id as document_id,
    way,
    one_id as other_id,
    row_number() over (partition by firm_id, part_kind, part_id order by one_date, one_id) as candidate_order,
    count(*) over (partition by firm_id, part_kind, part_id) as candidate_count,
    part_ids
from parts_beside_one_another
qualify candidate_order <= 3
