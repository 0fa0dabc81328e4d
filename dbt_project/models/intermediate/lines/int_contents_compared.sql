-- Each approved bill with its live invoice: what separates the two before any payment, part by part.
with

lines_of_each_pair as (

    select
        firm_id,
        bill_id,
        count(case when line_status not in ('identical', 'text_changed', 'regrouped', 'rounding') then 1 end)
            as unequal_amount_count,
        count(case when line_status = 'text_changed' then 1 end) as reworded_count
    from {{ ref('int_lines_aligned') }}
    group by firm_id, bill_id

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    pairs.currency_agrees,
    pairs.discount_amount,
    pairs.rounding_line_amount,
    pairs.net_difference_amount,
    cast(invoices.tax_amount - bills.tax_amount as decimal(18, 2)) as tax_difference_amount,
    case
        when pairs.net_difference_amount = 0 and coalesce(lines.unequal_amount_count, 0) = 0 then 'agrees'
        when pairs.net_difference_amount = 0 then 'lines_differ'
        when
            pairs.net_difference_amount = pairs.discount_amount
            and coalesce(lines.unequal_amount_count, 0) = 0
            then 'discount_lost'
        when pairs.has_percentage_discount and abs(pairs.net_difference_amount) <= pairs.line_rounding_limit
            then 'rounding'
        else 'amounts_differ'
    end as net_outcome,
    case
        when invoices.tax_amount = bills.tax_amount then 'agrees'
        when abs(invoices.tax_amount - bills.tax_amount) <= pairs.tax_rounding_limit then 'rounding'
        else 'tax_differs'
    end as tax_outcome,
    case
        when pairs.has_interest_line then 0
        else cast(bills.interest_amount - coalesce(interest.live_total_amount, 0) as decimal(18, 2))
    end as interest_lacking_amount,
    coalesce(lines.reworded_count, 0) as reworded_count,
    bills.issued_date as clio_issued_date,
    invoices.issued_date as xero_issued_date,
    bills.due_date as clio_due_date,
    invoices.due_date as xero_due_date,
    contacts.contact_outcome <> 'other' as client_agrees,
    (bills.normalised_number_key is not distinct from invoices.normalised_number_key) as number_agrees,
    documents.ar_difference_amount,
    documents.changed_at
from {{ ref('int_pairs_compared') }} as pairs
inner join {{ ref('int_documents_paired') }} as documents
    on pairs.firm_id = documents.firm_id and pairs.bill_id = documents.bill_id
inner join {{ ref('int_bills_valued') }} as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
left join {{ ref('int_interest_of_pairs') }} as interest
    on pairs.firm_id = interest.firm_id and pairs.bill_id = interest.bill_id
inner join {{ ref('int_contacts_of_pairs') }} as contacts
    on pairs.firm_id = contacts.firm_id and pairs.bill_id = contacts.bill_id
left join lines_of_each_pair as lines
    on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id
where pairs.bill_class = 'approved' and pairs.invoice_class = 'live'
