-- Bills and invoices that a person or their numbers propose as one document, each with the step at which it may be
-- settled; the order is written down once, in settling_steps(). Of several invoices that a rule could give a bill, the
-- live one goes before a draft; under one number, then one of equal total, then the oldest. Xero tells no invoice's
-- age, so that is its date, then its last change; what is equal even in that differs in nothing, and the lower id is
-- taken.
with

pairs_that_a_person_linked as (

    select
        matches.firm_id,
        matches.bill_id,
        matches.invoice_id,
        'link' as match_rule
    from {{ ref('stg_evidence__matches') }} as matches
    inner join {{ ref('int_sales_invoices') }} as invoices
        on matches.firm_id = invoices.firm_id and matches.invoice_id = invoices.invoice_id
    where not (invoices.invoice_class = 'draft' and invoices.total_amount < 0)

),

pairs_of_equal_number as (

    -- A namesake, or a client that Clio does not show, is told by total or day beside the number.
    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        coalesce(
            bills.issued_date = invoices.issued_date
            or (
                list_contains(bills.totals, invoices.total_amount)
                and {{ same_currency('bills.currency_code', 'invoices.currency_code') }}
            ),
            false
        ) as total_or_day_agrees,
        case
            when contacts.relation = 'same' then 'number'
            when not total_or_day_agrees then null
            when contacts.relation = 'alike' or not bills.is_client_visible then 'number_alike'
            else 'number_other_client'
        end as match_rule
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.number_key = invoices.number_key
    left join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and invoices.contact_id = contacts.contact_id
    where invoices.may_be_a_bill

),

pairs_of_equal_normalised_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        'normalised_number' as match_rule
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_sales_invoices') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.normalised_number_key = invoices.normalised_number_key
    inner join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and invoices.contact_id = contacts.contact_id
            and contacts.relation = 'same'
    where invoices.may_be_a_bill

),

pairs as (

    select * from pairs_that_a_person_linked
    union
    select * exclude (total_or_day_agrees) from pairs_of_equal_number
    where match_rule is not null
    union
    select * from pairs_of_equal_normalised_number

),

pairs_with_their_step as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        pairs.match_rule,
        case
            {%- for rule, bill_is_dead, invoice_is_dead in settling_steps() %}
                when
                    pairs.match_rule = '{{ rule }}'
                    {%- if rule != 'link' %}
                        and {{ bill_is('bills', bill_is_dead) }}
                        and (invoices.invoice_class = 'dead') = {{ invoice_is_dead | lower }}
                    {%- endif %}
                    then {{ loop.index }}
            {%- endfor %}
        end as settling_step,
        case invoices.invoice_class when 'live' then 1 when 'draft' then 2 else 3 end as class_rank,
        bills.payable_amount = invoices.total_amount as total_agrees,
        invoices.issued_date,
        invoices.changed_at
    from pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id

)

select
    firm_id,
    bill_id,
    invoice_id,
    match_rule,
    settling_step,
    class_rank,
    cast(row_number() over (
        partition by firm_id, bill_id, settling_step
        order by
            class_rank asc,
            coalesce(total_agrees, false) desc,
            issued_date asc nulls last,
            changed_at asc nulls last,
            invoice_id asc
    ) as integer) as preference_rank
from pairs_with_their_step
