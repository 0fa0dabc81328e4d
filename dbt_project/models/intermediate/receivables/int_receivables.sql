-- Receivables of each firm beside the totals that the two systems keep themselves; an empty total is one that could
-- not be had. Xero's account is in the firm's own currency, so foreign invoices are converted for the comparison.
with

receivables_of_documents as (

    select
        firm_id,
        sum(clio_ar_amount) as clio_amount,
        sum(xero_ar_amount) as xero_amount
    from {{ ref('int_documents_paired') }}
    group by firm_id

),

receivables_in_own_currency as (

    select
        firm_id,
        sum({{ in_own_currency('xero_ar_amount', 'currency_rate') }}) as amount
    from {{ ref('int_invoices_valued') }}
    group by firm_id

),

credits_remaining as (

    select
        firm_id,
        sum(remaining_amount) as amount,
        sum({{ in_own_currency('remaining_amount', 'currency_rate') }}) as own_amount
    from {{ ref('int_credits_remaining') }}
    group by firm_id

),

clio_totals as (

    select
        firm_id,
        sum(outstanding_amount) as amount
    from {{ ref('stg_clio__outstanding_client_balances') }}
    group by firm_id

),

lists_refused as (

    select distinct
        firm_id,
        run_id
    from {{ ref('stg_evidence__lists') }}
    where source_system = 'clio' and list_name = 'outstanding_client_balances' and load_mode = 'refused'

),

xero_totals as (

    -- An account without a line on the trial balance has a balance of zero; without a trial balance it has none.
    select
        balances.firm_id,
        balances.as_of_date,
        sum(
            case
                when accounts.system_account = 'DEBTORS'
                    then coalesce(balances.ytd_debit_amount, 0) - coalesce(balances.ytd_credit_amount, 0)
                else 0
            end
        ) as amount
    from {{ ref('stg_xero__trial_balance') }} as balances
    left join {{ ref('stg_xero__accounts') }} as accounts
        on balances.firm_id = accounts.firm_id and balances.account_id = accounts.account_id
    group by balances.firm_id, balances.as_of_date

)

select
    tonight.firm_id,
    cast(coalesce(documents.clio_amount, 0) as decimal(18, 2)) as clio_receivables_amount,
    cast(case when lists_refused.firm_id is null then coalesce(clio_totals.amount, 0) end as decimal(18, 2))
        as clio_control_amount,
    cast(coalesce(documents.xero_amount, 0) - coalesce(credits.amount, 0) as decimal(18, 2))
        as xero_receivables_amount,
    cast(coalesce(own.amount, 0) - coalesce(credits.own_amount, 0) as decimal(18, 2))
        as xero_receivables_own_currency_amount,
    cast(xero_totals.amount as decimal(18, 2)) as xero_control_amount
from {{ ref('int_tonight') }} as tonight
left join receivables_of_documents as documents
    on tonight.firm_id = documents.firm_id
left join receivables_in_own_currency as own
    on tonight.firm_id = own.firm_id
left join credits_remaining as credits
    on tonight.firm_id = credits.firm_id
left join clio_totals
    on tonight.firm_id = clio_totals.firm_id
left join lists_refused
    on tonight.firm_id = lists_refused.firm_id and tonight.run_id = lists_refused.run_id
left join xero_totals
    on
        tonight.firm_id = xero_totals.firm_id
        and tonight.as_of_date = xero_totals.as_of_date
        -- The control account of a past day says nothing about the receivables of today.
        and not tonight.is_rebuilt
