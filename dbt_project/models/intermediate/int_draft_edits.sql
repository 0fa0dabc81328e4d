-- What has to be changed in Xero before a draft of an approved bill may be approved, in words, from Xero's value to
-- Clio's. A draft without a row here is ready.
with

edits as (

    select
        firm_id,
        bill_id,
        1 as edit_order,
        'contact: ' || coalesce(contact_name, 'none') || ' -> ' || coalesce(client_name, 'none') as edit
    from {{ ref('int_drafts_compared') }}
    where not contact_agrees

    union all

    select
        firm_id,
        bill_id,
        2 as edit_order,
        'issue date: ' || coalesce(cast(xero_issued_date as varchar), 'none')
        || ' -> ' || coalesce(cast(clio_issued_date as varchar), 'none') as edit
    from {{ ref('int_drafts_compared') }}
    where xero_issued_date is distinct from clio_issued_date

    union all

    select
        firm_id,
        bill_id,
        3 as edit_order,
        'due date: ' || coalesce(cast(xero_due_date as varchar), 'none')
        || ' -> ' || coalesce(cast(clio_due_date as varchar), 'none') as edit
    from {{ ref('int_drafts_compared') }}
    where xero_due_date is distinct from clio_due_date

    union all

    select
        firm_id,
        bill_id,
        4 as edit_order,
        'currency: ' || xero_currency_code || ' -> ' || clio_currency_code as edit
    from {{ ref('int_drafts_compared') }}
    where not {{ same_currency('xero_currency_code', 'clio_currency_code') }}

    union all

    select
        firm_id,
        bill_id,
        5 as edit_order,
        open_line_count || ' lines differ' as edit
    from {{ ref('int_drafts_compared') }}
    where open_line_count > 0

    union all

    select
        firm_id,
        bill_id,
        6 as edit_order,
        'net: ' || {{ money_text('xero_net_amount') }} || ' -> ' || {{ money_text('clio_net_amount') }} as edit
    from {{ ref('int_drafts_compared') }}
    where xero_net_amount <> clio_net_amount

    union all

    select
        firm_id,
        bill_id,
        7 as edit_order,
        'tax: ' || {{ money_text('xero_tax_amount') }} || ' -> ' || {{ money_text('clio_tax_amount') }} as edit
    from {{ ref('int_drafts_compared') }}
    where xero_tax_amount <> clio_tax_amount

)

select
    firm_id,
    bill_id,
    string_agg(edit, '; ' order by edit_order) as edits
from edits
group by firm_id, bill_id
