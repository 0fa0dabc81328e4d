-- Of each pair, what is known of its client: 'same', 'alike' (a namesake that nothing tells apart), 'not_visible'
-- (Clio does not show the bill's client), or 'other'.
select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    case
        when not bills.is_client_visible then 'not_visible'
        when ties.client_id is not null then 'same'
        when alike.client_id is not null then 'alike'
        else 'other'
    end as contact_outcome
from {{ ref('int_pairs_resolved') }} as pairs
inner join {{ ref('int_bills_valued') }} as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
inner join {{ ref('int_sales_invoices') }} as invoices
    on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
left join {{ ref('int_clients_tied') }} as ties
    on
        bills.firm_id = ties.firm_id
        and bills.client_id = ties.client_id
        and invoices.contact_id = ties.contact_id
left join {{ ref('int_clients_alike') }} as alike
    on
        bills.firm_id = alike.firm_id
        and bills.client_id = alike.client_id
        and invoices.contact_id = alike.contact_id
