-- Receivables of each firm, in its own currency, beside the totals that the two systems keep themselves; an empty total
-- is one that could not be had. Clio's total of a client is in the currency of its bills, and worth what they are.
with

receivables_of_documents as (

    select
        firm_id,
        sum(clio_ar_amount) as clio_amount,
        sum(xero_ar_amount) as xero_amount,
        bool_or(is_rate_unknown and clio_ar_amount <> 0) as is_rate_unknown
    from {{ ref('int_documents_paired') }}
    group by firm_id

),

credits_remaining as (

    select
        firm_id,
        sum(own_remaining_amount) as amount
    from {{ ref('int_credits_remaining') }}
    where is_in_receivables
    group by firm_id

),

bills_of_each_client as (

    select
        bills.firm_id,
        bills.client_id,
        sum(bills.clio_ar_amount) as document_amount,
        sum(documents.clio_ar_amount) as amount,
        case when count(distinct bills.currency_code) = 1 then max(documents.last_rate_of_the_bills_currency) end
            as currency_rate
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_documents_paired') }} as documents
        on bills.firm_id = documents.firm_id and bills.bill_id = documents.bill_id
    where bills.clio_ar_amount <> 0
    group by bills.firm_id, bills.client_id

),

balances_of_each_client as (

    select
        balances.firm_id,
        coalesce(bills.amount, 0) as amount,
        cast(balances.outstanding_amount - coalesce(bills.document_amount, 0) as decimal(18, 2)) as other_amount,
        bills.currency_rate
    from {{ ref('stg_clio__outstanding_client_balances') }} as balances
    left join bills_of_each_client as bills
        on balances.firm_id = bills.firm_id and balances.contact_id = bills.client_id

),

clio_totals as (

    select
        firm_id,
        sum(amount + {{ in_own_currency('other_amount', 'currency_rate') }}) as amount
    from balances_of_each_client
    group by firm_id

),

lists_refused as (

    select distinct
        firm_id,
        run_id
    from {{ ref('stg_evidence__lists') }}
    where source_system = 'clio' and list_name = 'outstanding_client_balances' and load_mode = 'refused'

)

select
    tonight.firm_id,
    cast(coalesce(documents.clio_amount, 0) as decimal(18, 2)) as clio_receivables_amount,
    cast(case when lists_refused.firm_id is null then coalesce(clio_totals.amount, 0) end as decimal(18, 2))
        as clio_control_amount,
    cast(coalesce(documents.xero_amount, 0) - coalesce(credits.amount, 0) as decimal(18, 2))
        as xero_receivables_amount,
    -- Without a rate nothing in the firm's own currency proves anything.
    case when not coalesce(documents.is_rate_unknown, false) then control.receivables_amount end as xero_control_amount,
    coalesce(documents.is_rate_unknown, false) as is_rate_unknown
from {{ ref('int_tonight') }} as tonight
left join receivables_of_documents as documents
    on tonight.firm_id = documents.firm_id
left join credits_remaining as credits
    on tonight.firm_id = credits.firm_id
left join clio_totals
    on tonight.firm_id = clio_totals.firm_id
left join lists_refused
    on tonight.firm_id = lists_refused.firm_id and tonight.run_id = lists_refused.run_id
left join {{ ref('int_xero_account_balances') }} as control
    on tonight.firm_id = control.firm_id and control.receivables_amount is not null
