-- What a person knows a bill by, trust requests included: its number, client, matters and attorneys, its day and what
-- it asks for. A bill of several matters names them all.
with

matters_of_each_bill as (

    select
        links.firm_id,
        links.bill_id,
        string_agg(
            distinct coalesce(matters.matter_number, links.matter_number, links.matter_id), ', '
            order by coalesce(matters.matter_number, links.matter_number, links.matter_id)
        ) as matter_number,
        string_agg(
            distinct matters.responsible_attorney_name, ', ' order by matters.responsible_attorney_name
        ) as responsible_attorney
    from {{ ref('stg_clio__bill_matters') }} as links
    left join {{ ref('stg_clio__matters') }} as matters
        on links.firm_id = matters.firm_id and links.matter_id = matters.matter_id
    group by links.firm_id, links.bill_id

)

select
    bills.firm_id,
    bills.bill_id,
    bills.bill_number,
    coalesce(clients.client_name, bills.client_name) as client_name,
    matters.matter_number,
    matters.responsible_attorney,
    bills.issued_date,
    bills.payable_amount
from {{ ref('stg_clio__bills') }} as bills
left join {{ ref('int_clio_clients') }} as clients
    on bills.firm_id = clients.firm_id and bills.client_id = clients.client_id
left join matters_of_each_bill as matters
    on bills.firm_id = matters.firm_id and bills.bill_id = matters.bill_id
