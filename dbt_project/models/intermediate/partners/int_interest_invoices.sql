-- Clio may raise a bill's interest as invoices of their own. Such an invoice is a child of the pair: it has no pair.
-- One that equals the whole interest first, then those that equal its charges one to one, the nearest day first, then
-- several that add up to the whole. What two bills may claim is nobody's child.
with

interest_of_each_pair as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        'interest' as role,
        bills.interest_amount as amount,
        bills.client_id,
        bills.currency_code,
        bills.issued_date
    from {{ ref('int_pairs') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    where bills.interest_amount <> 0 and invoices.invoice_class <> 'dead'

),

lines_of_each_invoice as (

    select
        lines.firm_id,
        lines.invoice_id,
        lines.position as line_position,
        {{ text_key('lines.description') }} as text_key,
        {{ net_of_line('lines', 'invoices') }} as net_amount
    from {{ ref('stg_xero__invoice_lines') }} as lines
    inner join {{ ref('int_sales_invoices') }} as invoices
        on lines.firm_id = invoices.firm_id and lines.invoice_id = invoices.invoice_id

),

{{ lines_beyond_those_of_the_bill('interest_of_each_pair', 'lines_of_each_invoice') }},

pairs_whose_invoice_lacks_the_interest as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.client_id,
        pairs.currency_code,
        pairs.issued_date,
        pairs.amount as interest_amount
    from interest_of_each_pair as pairs
    left join lines_of_that_amount as carried
        on pairs.firm_id = carried.firm_id and pairs.bill_id = carried.bill_id
    where carried.bill_id is null

),

invoices_that_speak_of_interest as (

    select distinct
        firm_id,
        invoice_id
    from {{ ref('stg_xero__invoice_lines') }}
    where regexp_matches(lower(description), '\b(interest|late (payment )?(fee|charge)s?|finance charges?)\b')

),

invoices_without_a_bill as (

    select
        invoices.*,
        speaking.invoice_id is not null as speaks_of_interest
    from {{ ref('int_sales_invoices') }} as invoices
    left join {{ ref('int_pairs') }} as pairs
        on invoices.firm_id = pairs.firm_id and invoices.invoice_id = pairs.invoice_id
    left join invoices_that_speak_of_interest as speaking
        on invoices.firm_id = speaking.firm_id and invoices.invoice_id = speaking.invoice_id
    where pairs.invoice_id is null and invoices.may_be_a_bill and invoices.invoice_class <> 'dead'

),

candidates as (

    -- Of the client, dated on or after the bill, and either a line speaks of interest or a late fee, or they are dated
    -- within 3 days of a charge.
    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.interest_amount,
        invoices.invoice_id,
        invoices.total_amount,
        invoices.speaks_of_interest,
        count(case when charges.interest_amount = invoices.total_amount then 1 end) > 0 as is_near_an_equal_charge
    from pairs_whose_invoice_lacks_the_interest as pairs
    inner join {{ ref('int_client_contacts') }} as ties
        on pairs.firm_id = ties.firm_id and pairs.client_id = ties.client_id and ties.relation = 'same'
    inner join invoices_without_a_bill as invoices
        on
            pairs.firm_id = invoices.firm_id
            and ties.contact_id = invoices.contact_id
            and pairs.issued_date <= invoices.issued_date
            and {{ same_currency('pairs.currency_code', 'invoices.currency_code') }}
    left join {{ ref('stg_clio__interest_charges') }} as charges
        on
            pairs.firm_id = charges.firm_id
            and pairs.bill_id = charges.bill_id
            and {{ days_apart('charges.charge_date', 'invoices.issued_date') }} <= 3
    where invoices.total_amount <= pairs.interest_amount
    group by all
    having invoices.speaks_of_interest or count(charges.interest_charge_id) > 0

),

equal_to_the_whole as (

    select
        firm_id,
        bill_id,
        invoice_id,
        count(*) over (partition by firm_id, bill_id) as invoices_for_the_bill,
        count(*) over (partition by firm_id, invoice_id) as bills_for_the_invoice
    from candidates
    where total_amount = interest_amount

),

children_by_the_whole as (

    select
        firm_id,
        bill_id,
        invoice_id
    from equal_to_the_whole
    where invoices_for_the_bill = 1 and bills_for_the_invoice = 1

),

charges_counted as (

    select
        charges.firm_id,
        charges.bill_id,
        charges.interest_amount as charge_amount,
        count(*) as charge_count
    from {{ ref('stg_clio__interest_charges') }} as charges
    left join children_by_the_whole as settled
        on charges.firm_id = settled.firm_id and charges.bill_id = settled.bill_id
    where settled.bill_id is null and charges.interest_amount <> 0
    group by charges.firm_id, charges.bill_id, charges.interest_amount

),

equal_to_a_charge as (

    select
        candidates.firm_id,
        candidates.bill_id,
        candidates.invoice_id,
        candidates.is_near_an_equal_charge,
        charges.charge_amount,
        charges.charge_count
    from candidates
    inner join charges_counted as charges
        on
            candidates.firm_id = charges.firm_id
            and candidates.bill_id = charges.bill_id
            and candidates.total_amount = charges.charge_amount
    left join children_by_the_whole as settled
        on candidates.firm_id = settled.firm_id and candidates.invoice_id = settled.invoice_id
    where settled.invoice_id is null

),

near_a_charge as (

    select
        *,
        count(*) over (partition by firm_id, bill_id, charge_amount) as invoices_for_the_charges,
        count(*) over (partition by firm_id, invoice_id) as bills_for_the_invoice
    from equal_to_a_charge
    where is_near_an_equal_charge

),

children_near_a_charge as (

    select
        firm_id,
        bill_id,
        invoice_id,
        charge_amount
    from near_a_charge
    where invoices_for_the_charges <= charge_count and bills_for_the_invoice = 1

),

charges_already_met as (

    select
        firm_id,
        bill_id,
        charge_amount,
        count(*) as met_count
    from children_near_a_charge
    group by firm_id, bill_id, charge_amount

),

equal_to_a_charge_left as (

    select
        equals.*,
        equals.charge_count - coalesce(met.met_count, 0) as charges_left,
        count(*) over (partition by equals.firm_id, equals.bill_id, equals.charge_amount) as invoices_for_the_charges,
        count(*) over (partition by equals.firm_id, equals.invoice_id) as bills_for_the_invoice
    from equal_to_a_charge as equals
    left join children_near_a_charge as settled
        on equals.firm_id = settled.firm_id and equals.invoice_id = settled.invoice_id
    left join charges_already_met as met
        on
            equals.firm_id = met.firm_id
            and equals.bill_id = met.bill_id
            and equals.charge_amount = met.charge_amount
    where settled.invoice_id is null

),

children_by_a_charge as (

    select
        firm_id,
        bill_id,
        invoice_id
    from children_near_a_charge
    union all
    select
        firm_id,
        bill_id,
        invoice_id
    from equal_to_a_charge_left
    where invoices_for_the_charges <= charges_left and bills_for_the_invoice = 1

),

children_so_far as (

    select * from children_by_the_whole
    union all
    select * from children_by_a_charge

),

speaking_of_interest_left as (

    select
        candidates.*,
        sum(candidates.total_amount) over (partition by candidates.firm_id, candidates.bill_id) as sum_amount,
        count(*) over (partition by candidates.firm_id, candidates.invoice_id) as bills_for_the_invoice
    from candidates
    where
        candidates.speaks_of_interest
        {{ is_not_settled('candidates', 'children_so_far') }}

),

bills_met_by_a_sum as (

    select
        firm_id,
        bill_id
    from speaking_of_interest_left
    group by firm_id, bill_id
    having max(sum_amount) = max(interest_amount) and max(bills_for_the_invoice) = 1

),

children_by_a_sum as (

    select
        candidates.firm_id,
        candidates.bill_id,
        candidates.invoice_id
    from speaking_of_interest_left as candidates
    inner join bills_met_by_a_sum as bills
        on candidates.firm_id = bills.firm_id and candidates.bill_id = bills.bill_id

)

select * from children_so_far
union all
select * from children_by_a_sum
