with

bills_in_scope as (

    select
        *,
        coalesce(payable_amount, 0) as payable,
        coalesce(tax_amount, 0) as tax,
        coalesce(interest_amount, 0) as interest,
        case
            when vanished_at is not null then 'vanished'
            when bill_state in ('void', 'deleted') then 'dead'
            when bill_state in ('awaiting_payment', 'paid') then 'approved'
            else 'unapproved'
        end as bill_class
    from {{ ref('stg_clio__bills') }}
    where coalesce(bill_kind, '') <> 'trust_kind'

),

changes_of_lines as (

    -- A line that was edited is an edited bill, whether or not Clio stamps the bill for it.
    select
        firm_id,
        bill_id,
        max(changed_at) as changed_at
    from {{ ref('stg_clio__bill_lines') }}
    group by firm_id, bill_id

)

select
    bills.firm_id,
    {{ subject_key('clio', 'bills.bill_id') }} as bill_key,
    bills.bill_id,
    bills.bill_number,
    {{ number_key('bills.bill_number') }} as number_key,
    {{ normalised_number_key('bills.bill_number') }} as normalised_number_key,
    bills.bill_state,
    bills.bill_class,
    bills.client_id,
    coalesce(clients.client_name, bills.client_name) as client_name,
    -- Clio leaves out who the client is where the connected user may not know it.
    coalesce(clients.client_name, bills.client_name) is not null as is_client_visible,
    bills.currency_code,
    bills.issued_date,
    bills.due_date,
    cast(bills.payable as decimal(18, 2)) as payable_amount,
    cast(bills.tax as decimal(18, 2)) as tax_amount,
    cast(bills.interest as decimal(18, 2)) as interest_amount,
    -- A bill may reach Xero with its interest or without it (the interest then is an invoice of its own): where a rule
    -- compares totals, either one is the bill's.
    list_distinct([
        cast(bills.payable as decimal(18, 2)), cast(bills.payable - bills.interest as decimal(18, 2))
    ]) as totals,
    cast(bills.payable - bills.tax - bills.interest as decimal(18, 2)) as net_amount,
    cast(coalesce(bills.total_amount, bills.payable) - bills.payable as decimal(18, 2)) as discount_amount,
    bills.discount_type,
    cast(coalesce(bills.paid_amount, 0) as decimal(18, 2)) as paid_amount,
    cast(coalesce(bills.credited_amount, 0) as decimal(18, 2)) as credited_amount,
    cast(coalesce(bills.pending_amount, 0) as decimal(18, 2)) as pending_amount,
    cast(coalesce(bills.balance_amount, 0) as decimal(18, 2)) as balance_amount,
    cast(case when bills.bill_class = 'approved' then coalesce(bills.balance_amount, 0) else 0 end as decimal(18, 2))
        as clio_ar_amount,
    bills.vanished_at,
    greatest(bills.changed_at, bills.vanished_at, line_changes.changed_at) as changed_at
from bills_in_scope as bills
left join {{ ref('int_clio_clients') }} as clients
    on
        bills.firm_id = clients.firm_id
        and bills.client_id = clients.client_id
left join changes_of_lines as line_changes
    on
        bills.firm_id = line_changes.firm_id
        and bills.bill_id = line_changes.bill_id
