{{ config(group='trust') }}

-- A row means: an account is said to tie although a figure is missing or differs, or is said to differ without a row
-- among the exceptions, or has no row at all. The figures are compared again, as published.
with

ledgers as (

    select
        firm_id,
        sum(clio_ledger_amount) as amount
    from {{ ref('trust_tie_out') }}
    group by firm_id

),

figure_exceptions as (

    select
        firm_id,
        count(*) as exception_count
    from {{ ref('exceptions') }}
    where
        code in (
            'trust_account_differs_from_ledger',
            'trust_ledger_differs_from_clients',
            'trust_clio_differs_from_xero',
            'trust_bank_differs_from_liability',
            'trust_book_differs_from_statement'
        )
    group by firm_id

)

select
    accounts.firm_id,
    accounts.bank_account_id,
    tie_out.verdict
from {{ ref('int_trust_accounts') }} as accounts
left join {{ ref('trust_tie_out') }} as tie_out
    on accounts.firm_id = tie_out.firm_id and accounts.bank_account_id = tie_out.clio_bank_account_id
left join ledgers
    on accounts.firm_id = ledgers.firm_id
left join figure_exceptions
    on accounts.firm_id = figure_exceptions.firm_id
where
    tie_out.verdict is null
    or (
        tie_out.verdict = 'ties'
        and (
            tie_out.clio_account_amount is distinct from tie_out.clio_ledger_amount
            or tie_out.client_ledgers_amount is distinct from ledgers.amount
            or tie_out.xero_bank_amount is null
            or tie_out.xero_liability_amount is null
            or tie_out.statement_amount is null
        )
    )
    or (
        tie_out.verdict = 'missing_figure'
        and tie_out.xero_bank_amount is not null
        and tie_out.xero_liability_amount is not null
        and tie_out.statement_amount is not null
    )
    or (tie_out.verdict = 'differs' and coalesce(figure_exceptions.exception_count, 0) = 0)
