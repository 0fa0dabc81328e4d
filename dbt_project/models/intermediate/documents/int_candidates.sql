-- Invoices that may well be a bill's, yet prove nothing: of the same client (or one that nothing tells apart) and
-- total, dated up to 35 days apart; of its day and total, under a contact that is no client's; or of its number after
-- normalising with its total or day, whoever the contact is. For bills that are missing in Xero or dead there. Each
-- side keeps its three nearest, and how many there are: equal documents are counted by group, never listed.
{%- set kept = 3 %}
with

bills_dead_in_xero as (

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

    select * from bills_dead_in_xero

),

invoices as (

    select * from {{ ref('int_documents_open') }}
    where invoice_id is not null and colliding_bill_id is null and total_amount >= 0

),

bills_under_each_total as (

    select
        * exclude (totals),
        unnest(totals) as total_amount
    from bills

),

bills_with_each_contact as (

    -- A contact that is no known client's may be anybody's: that is the contact without an id.
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

contacts_of_clients as (

    select distinct
        firm_id,
        contact_id
    from {{ ref('int_client_contacts') }}

),

invoices_by_group as (

    select
        invoices.firm_id,
        contacts.contact_id,
        invoices.total_amount,
        invoices.currency_code,
        invoices.issued_date,
        list_sort(array_agg(invoices.invoice_id)) as invoice_ids
    from invoices
    left join contacts_of_clients as contacts
        on invoices.firm_id = contacts.firm_id and invoices.contact_id = contacts.contact_id
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
            and (contacts.client_id is not null or bills.issued_date = invoices.issued_date)
            and {{ days_apart('bills.issued_date', 'invoices.issued_date') }} <= 35,
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

{% for named, other in [('bill', 'invoice'), ('invoice', 'bill')] %}
    groups_of_each_{{ named }} as (

        select
            firm_id,
            unnest({{ named }}_ids) as {{ named }}_id,
            {{ other }}_ids,
            len({{ other }}_ids) as {{ other }}_count,
            days_apart
        from groups_within_reach

    ),

    candidates_of_each_{{ named }} as (

        select
            firm_id,
            {{ named }}_id,
            unnest({{ other }}_ids[:{{ kept }}]) as {{ other }}_id,
            days_apart,
            2 as reason_rank
        from groups_of_each_{{ named }}

        union all by name

        select
            firm_id,
            {{ named }}_id,
            {{ other }}_id,
            days_apart,
            1 as reason_rank
        from candidates_by_number

    ),

    counts_of_each_{{ named }} as (

        select
            firm_id,
            {{ named }}_id,
            cast(sum(candidate_count) as integer) as candidate_count
        from (
            select
                firm_id,
                {{ named }}_id,
                {{ other }}_count as candidate_count
            from groups_of_each_{{ named }}
            union all
            select
                firm_id,
                {{ named }}_id,
                1 as candidate_count
            from candidates_by_number
            where not is_within_reach
        ) as counts
        group by firm_id, {{ named }}_id

    ),

    named_on_each_{{ named }} as (

        select
            firm_id,
            bill_id,
            invoice_id,
            min(reason_rank) as reason_rank,
            min(days_apart) as days_apart
        from candidates_of_each_{{ named }}
        group by firm_id, bill_id, invoice_id
        qualify
            row_number() over (
                partition by firm_id, {{ named }}_id
                order by min(reason_rank), min(days_apart), {{ other }}_id
            ) <= {{ kept }}

    ){{ "," if not loop.last }}
{% endfor %}

{% for named in ['bill', 'invoice'] %}
    select
        candidates.firm_id,
        '{{ named }}' as named_on,
        candidates.bill_id,
        candidates.invoice_id,
        candidates.reason_rank,
        candidates.days_apart,
        counts.candidate_count
    from named_on_each_{{ named }} as candidates
    inner join counts_of_each_{{ named }} as counts
        on candidates.firm_id = counts.firm_id and candidates.{{ named }}_id = counts.{{ named }}_id
    {{ 'union all' if not loop.last }}
{%- endfor %}
