-- Which invoice, or credit note, is which bill, settled step by step. A bill that is a credit note looks for no
-- invoice. First what a person's word and the numbers settle, the living and the dead. Then, by client, date and total,
-- bills that live, those that vanished, then dead ones, with dead invoices and after that with invoices that still
-- stand. Last, bills that live and found no living invoice take a dead one: of their number, then of their client, date
-- and total. A draft is outdone by a live invoice of the client that has the bill's number (after normalising), or its
-- date and total, and no bill: the live one is the bill's invoice, and the draft was left behind. A pair of namesakes,
-- told by number and total or day, is a pair by number. Of each pair with an invoice, what is known of its client:
-- 'same', 'alike' (a namesake that nothing tells apart), 'not_visible' (Clio does not show the bill's client), or
-- 'other'.
{%- set last_by_number = settling_steps_before_dates() | length %}
{%- set last_of_all = last_by_number + settling_steps_after_dates() | length %}
{%- set rounds_before_the_dead = [
    ('the_living', false, false), ('the_vanished', 'vanished', false), ('the_dead', true, true),
    ('the_dead_that_stand', true, false)
] %}
{%- set rounds_with_the_dead = [('the_bereft', false, true), ('the_vanished_and_the_dead', 'vanished', true)] %}
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

proposals as (

    select * from pairs_that_a_person_linked
    union
    select * exclude (total_or_day_agrees) from pairs_of_equal_number
    where match_rule is not null
    union
    select * from pairs_of_equal_normalised_number

),

proposals_with_their_step as (

    -- The order of the steps is written down once, in settling_steps().
    select
        proposals.firm_id,
        proposals.bill_id,
        proposals.invoice_id,
        proposals.match_rule,
        case
            {%- for rule, bill_is_dead, invoice_is_dead in settling_steps() %}
                when
                    proposals.match_rule = '{{ rule }}'
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
    from proposals
    inner join {{ ref('int_bills_valued') }} as bills
        on proposals.firm_id = bills.firm_id and proposals.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on proposals.firm_id = invoices.firm_id and proposals.invoice_id = invoices.invoice_id

),

pairs_proposed as (

    -- Of several invoices that a rule could give a bill, the live one goes before a draft; under one number, then one
    -- of equal total, then the oldest. Xero tells no invoice's age, so that is its date, then its last change; what is
    -- equal even in that differs in nothing, and the lower id is taken.
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
    from proposals_with_their_step

),

bills_that_are_credit_notes as (

    {{ pair_credit_notes() }}

),

{{ settle_step_by_step('pairs_proposed', 1, last_by_number, 'bills_that_are_credit_notes') }},

settled_by_number as (

    select * from bills_that_are_credit_notes
    union all
    select * from settled_by_step_{{ last_by_number }}

),

{{ pair_by_date_and_total_in_rounds(rounds_before_the_dead, 'settled_by_number') }},

settled_among_the_living as (

    select * from settled_after_{{ rounds_before_the_dead[-1][0] }}

),

{{ settle_step_by_step('pairs_proposed', last_by_number + 1, last_of_all, 'settled_among_the_living') }},

settled_with_the_dead as (

    select * from settled_among_the_living
    union all
    select * from settled_by_step_{{ last_of_all }}

),

{{ pair_by_date_and_total_in_rounds(rounds_with_the_dead, 'settled_with_the_dead') }},

settled as (

    select * from settled_after_{{ rounds_with_the_dead[-1][0] }}

),

bills_with_a_draft as (

    select
        bills.*,
        settled.invoice_id as draft_invoice_id
    from settled
    inner join {{ ref('int_bills_valued') }} as bills
        on settled.firm_id = bills.firm_id and settled.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as drafts
        on settled.firm_id = drafts.firm_id and settled.invoice_id = drafts.invoice_id
    where settled.match_rule <> 'link' and bills.bill_class <> 'dead' and drafts.invoice_class = 'draft'

),

live_invoices_without_a_bill as (

    select invoices.*
    from {{ ref('int_sales_invoices') }} as invoices
    left join settled
        on invoices.firm_id = settled.firm_id and invoices.invoice_id = settled.invoice_id
    where settled.invoice_id is null and invoices.may_be_a_bill and invoices.invoice_class = 'live'

),

candidates_by_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        'normalised_number' as match_rule,
        count(*) over (partition by bills.firm_id, bills.bill_id) as invoices_for_the_bill,
        count(*) over (partition by bills.firm_id, invoices.invoice_id) as bills_for_the_invoice
    from bills_with_a_draft as bills
    inner join live_invoices_without_a_bill as invoices
        on bills.firm_id = invoices.firm_id and bills.normalised_number_key = invoices.normalised_number_key
    inner join {{ ref('int_client_contacts') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id
            and ties.relation = 'same'

),

pairs_by_number as (

    select
        firm_id,
        bill_id,
        invoice_id,
        match_rule
    from candidates_by_number
    where invoices_for_the_bill = 1 and bills_for_the_invoice = 1

),

bills_still_with_a_draft as (

    select bills.*
    from bills_with_a_draft as bills
    left join pairs_by_number as pairs
        on bills.firm_id = pairs.firm_id and bills.bill_id = pairs.bill_id
    where pairs.bill_id is null

),

live_invoices_still_without_a_bill as (

    select invoices.*
    from live_invoices_without_a_bill as invoices
    left join pairs_by_number as pairs
        on invoices.firm_id = pairs.firm_id and invoices.invoice_id = pairs.invoice_id
    where pairs.invoice_id is null

),

{{ pair_by_date_and_total('bills_still_with_a_draft', 'live_invoices_still_without_a_bill', 'the_outdone') }},

drafts_outdone as (

    select * from pairs_by_number
    union all
    select * from pairs_by_date_and_total_the_outdone

),

pairs as (

    select
        settled.firm_id,
        settled.bill_id,
        coalesce(outdone.invoice_id, settled.invoice_id) as invoice_id,
        coalesce(
            outdone.match_rule, case settled.match_rule when 'number_alike' then 'number' else settled.match_rule end
        ) as match_rule,
        case when outdone.bill_id is not null then settled.invoice_id end as outdone_invoice_id
    from settled
    left join drafts_outdone as outdone
        on settled.firm_id = outdone.firm_id and settled.bill_id = outdone.bill_id

)

select
    pairs.*,
    case
        when pairs.match_rule = 'credit_note' then null
        when not bills.is_client_visible then 'not_visible'
        else coalesce(contacts.relation, 'other')
    end as contact_outcome
from pairs
inner join {{ ref('int_bills_valued') }} as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
left join {{ ref('int_sales_invoices') }} as invoices
    on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
left join {{ ref('int_client_contacts') }} as contacts
    on
        bills.firm_id = contacts.firm_id
        and bills.client_id = contacts.client_id
        and invoices.contact_id = contacts.contact_id
