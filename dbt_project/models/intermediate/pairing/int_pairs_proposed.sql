-- Bills and invoices that a person or their numbers propose as one document.
with

pairs_that_a_person_linked as (

    select
        matches.firm_id,
        matches.bill_id,
        matches.invoice_id,
        'link' as match_rule
    from {{ ref('stg_evidence__matches') }} as matches
    inner join {{ ref('int_bills_valued') }} as bills
        on matches.firm_id = bills.firm_id and matches.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on matches.firm_id = invoices.firm_id and matches.invoice_id = invoices.invoice_id
    where not (invoices.invoice_class = 'draft' and invoices.total_amount < 0)

),

pairs_of_equal_number as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.client_id,
        bills.is_client_visible,
        invoices.invoice_id,
        invoices.contact_id,
        bool_or(
            bills.issued_date = invoices.issued_date
            or (
                totals.total_amount = invoices.total_amount
                and {{ same_currency('totals.currency_code', 'invoices.currency_code') }}
            )
        ) as total_or_day_agrees
    from {{ ref('int_bills_for_invoices') }} as bills
    inner join {{ ref('int_bill_totals') }} as totals
        on bills.firm_id = totals.firm_id and bills.bill_id = totals.bill_id
    inner join {{ ref('int_invoices_from_clio') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.number_key = invoices.number_key
    group by all

),

pairs_of_equal_number_judged as (

    -- A namesake, or a client that Clio does not show, is told by total or day beside the number.
    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        case
            when ties.client_id is not null then 'number'
            when not pairs.total_or_day_agrees then null
            when alike.client_id is not null or not pairs.is_client_visible then 'number_alike'
            else 'number_other_client'
        end as match_rule
    from pairs_of_equal_number as pairs
    left join {{ ref('int_clients_tied') }} as ties
        on
            pairs.firm_id = ties.firm_id
            and pairs.client_id = ties.client_id
            and pairs.contact_id = ties.contact_id
    left join {{ ref('int_clients_alike') }} as alike
        on
            pairs.firm_id = alike.firm_id
            and pairs.client_id = alike.client_id
            and pairs.contact_id = alike.contact_id

),

pairs_of_equal_normalised_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        'normalised_number' as match_rule
    from {{ ref('int_bills_for_invoices') }} as bills
    inner join {{ ref('int_invoices_from_clio') }} as invoices
        on bills.firm_id = invoices.firm_id and bills.normalised_number_key = invoices.normalised_number_key
    inner join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id

)

select * from pairs_that_a_person_linked
union
select * from pairs_of_equal_number_judged
where match_rule is not null
union
select * from pairs_of_equal_normalised_number
