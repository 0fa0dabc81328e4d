-- Invoices without a bill that may be interest on a pair's bill, which the bill's own invoice lacks: of the client,
-- dated on or after the bill, and either a line speaks of interest or a late fee, or they are dated within 3 days of a
-- charge. One row per bill and invoice, with what speaks for it.
with

pairs_whose_invoice_lacks_the_interest as (

    select
        pairs.firm_id,
        pairs.bill_id,
        bills.client_id,
        bills.currency_code,
        bills.issued_date,
        bills.interest_amount
    from {{ ref('int_pairs') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    left join {{ ref('int_special_lines') }} as interest_lines
        on
            pairs.firm_id = interest_lines.firm_id
            and pairs.bill_id = interest_lines.bill_id
            and interest_lines.role = 'interest'
    where
        bills.interest_amount <> 0
        and interest_lines.bill_id is null
        and invoices.invoice_class <> 'dead'

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

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.interest_amount,
        invoices.invoice_id,
        invoices.total_amount,
        invoices.speaks_of_interest,
        count(charges.interest_charge_id) > 0 as is_near_a_charge,
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

)

select *
from candidates
where speaks_of_interest or is_near_a_charge
