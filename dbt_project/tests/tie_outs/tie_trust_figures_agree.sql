-- Do the figures of each trust account agree, what is in flight or accepted aside? A row is a pair that does not.
select
    firm_id,
    exception_id,
    code,
    trust_account,
    amount
from {{ ref('exceptions') }}
where
    status = 'open'
    and code in (
        'trust_account_differs_from_ledger',
        'trust_ledger_differs_from_clients',
        'trust_clio_differs_from_xero',
        'trust_unexplained',
        'trust_bank_differs_from_liability',
        'trust_book_differs_from_statement'
    )
