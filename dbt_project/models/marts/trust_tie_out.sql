select
    firm_id,
    as_of_date,
    bank_account_id as clio_bank_account_id,
    account_name as trust_account,
    account_amount as clio_account_amount,
    ledger_amount as clio_ledger_amount,
    clients_amount as client_ledgers_amount,
    bank_amount as xero_bank_amount,
    liability_amount as xero_liability_amount,
    statement_date,
    statement_amount,
    case
        when
            ledger_difference_amount <> 0
            or clients_difference_amount <> 0
            or bank_difference_amount <> 0
            or liability_difference_amount <> 0
            or statement_difference_amount <> 0
            then 'differs'
        when bank_amount is null or liability_amount is null or statement_amount is null then 'missing_figure'
        else 'ties'
    end as verdict
from {{ ref('int_trust_figures') }}
