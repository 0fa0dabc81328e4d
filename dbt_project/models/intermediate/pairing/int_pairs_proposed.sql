with

invoices_that_may_come_from_clio as (

    select invoices.*
    from {{ ref('int_invoices_valued') }} as invoices
    left join {{ ref('int_invoices_not_from_clio') }} as named
        on
            invoices.firm_id = named.firm_id
            and invoices.invoice_id = named.invoice_id
    where named.invoice_id is null

),

pairs_that_a_person_linked as (

    select
        matches.firm_id,
        matches.bill_id,
        matches.invoice_id,
        'link' as match_rule
    from {{ ref('stg_evidence__matches') }} as matches
    inner join {{ ref('int_bills_valued') }} as bills
        on matches.firm_id = bills.firm_id and matches.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on matches.firm_id = invoices.firm_id and matches.invoice_id = invoices.invoice_id

),

pairs_of_equal_number_and_total as (

    select distinct
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_bill_totals') }} as totals
        on bills.firm_id = totals.firm_id and bills.bill_id = totals.bill_id
    inner join invoices_that_may_come_from_clio as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.number_key = invoices.number_key
            and totals.total_amount = invoices.total_amount
            and {{ same_currency('totals.currency_code', 'invoices.currency_code') }}

),

pairs_of_equal_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        case when ties.client_id is not null then 'number' else 'number_other_client' end as match_rule
    from {{ ref('int_bills_valued') }} as bills
    inner join invoices_that_may_come_from_clio as invoices
        on bills.firm_id = invoices.firm_id and bills.number_key = invoices.number_key
    left join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id
    left join pairs_of_equal_number_and_total as equals
        on
            bills.firm_id = equals.firm_id
            and bills.bill_id = equals.bill_id
            and invoices.invoice_id = equals.invoice_id
    where ties.client_id is not null or equals.bill_id is not null

),

pairs_of_equal_normalised_number as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        'normalised_number' as match_rule
    from {{ ref('int_bills_valued') }} as bills
    inner join invoices_that_may_come_from_clio as invoices
        on bills.firm_id = invoices.firm_id and bills.normalised_number_key = invoices.normalised_number_key
    inner join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id

),

pairs_of_equal_client_date_and_total as (

    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        'client_date_total' as match_rule
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_bill_totals') }} as totals
        on bills.firm_id = totals.firm_id and bills.bill_id = totals.bill_id
    inner join invoices_that_may_come_from_clio as invoices
        on
            bills.firm_id = invoices.firm_id
            and bills.issued_date = invoices.issued_date
            and totals.total_amount = invoices.total_amount
            and {{ same_currency('totals.currency_code', 'invoices.currency_code') }}
    inner join {{ ref('int_clients_tied') }} as ties
        on
            bills.firm_id = ties.firm_id
            and bills.client_id = ties.client_id
            and invoices.contact_id = ties.contact_id

)

select * from pairs_that_a_person_linked
union
select * from pairs_of_equal_number
union
select * from pairs_of_equal_normalised_number
union
select * from pairs_of_equal_client_date_and_total
