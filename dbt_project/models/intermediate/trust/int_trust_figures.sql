-- The six figures of each trust account and what lies between them. Clio gives balances as of now: what is dated
-- after the night's day is taken off them. Where accounts share one account in Xero, they are compared with it
-- together.
with

entries_summed as (

    select
        firm_id,
        bank_account_id,
        sum(case when is_after_the_day then 0 else signed_amount end) as ledger_amount,
        sum(case when is_after_the_day then signed_amount else 0 end) as later_amount
    from {{ ref('int_trust_entries_dated') }}
    group by firm_id, bank_account_id

),

pockets_stated as (

    select
        firm_id,
        balance_amount as amount
    from {{ ref('stg_clio__matter_account_balances') }}
    where account_type = 'Trust'

    union all

    select
        firm_id,
        balance_amount as amount
    from {{ ref('stg_clio__contact_account_balances') }}
    where account_type = 'Trust'

    union all

    select
        firm_id,
        -signed_amount as amount
    from {{ ref('int_trust_entries_dated') }}
    where is_after_the_day and pocket_key is not null

),

pockets_summed as (

    select
        firm_id,
        sum(amount) as amount
    from pockets_stated
    group by firm_id

),

outstanding_summed as (

    select
        firm_id,
        bank_account_id,
        sum(signed_amount) as amount
    from {{ ref('int_trust_outstanding_items') }}
    group by firm_id, bank_account_id

),

ledgers_on_the_statement_date as (

    select
        statements.firm_id,
        statements.bank_account_id,
        coalesce(sum(entries.signed_amount), 0) as amount
    from {{ ref('int_trust_statements') }} as statements
    left join {{ ref('int_trust_entries') }} as entries
        on
            statements.firm_id = entries.firm_id
            and statements.bank_account_id = entries.bank_account_id
            and statements.statement_date >= entries.entry_date
    group by statements.firm_id, statements.bank_account_id

),

figures as (

    select
        accounts.firm_id,
        accounts.as_of_date,
        accounts.bank_account_id,
        accounts.account_name,
        accounts.xero_bank_account_id,
        accounts.xero_bank_label,
        accounts.xero_liability_account_id,
        accounts.xero_liability_label,
        accounts.balance_amount - coalesce(entries_summed.later_amount, 0) as account_amount,
        coalesce(entries_summed.ledger_amount, 0) as ledger_amount,
        coalesce(pockets_summed.amount, 0) as clients_amount,
        banks.balance_amount as bank_amount,
        banks.entries_amount as bank_entries_amount,
        -liabilities.balance_amount as liability_amount,
        statements.statement_date,
        statements.statement_kind,
        statements.closing_amount,
        statements.closing_amount + coalesce(outstanding_summed.amount, 0) as statement_amount,
        ledgers_on_the_statement_date.amount as ledger_on_statement_date_amount
    from {{ ref('int_trust_accounts') }} as accounts
    left join entries_summed
        on accounts.firm_id = entries_summed.firm_id and accounts.bank_account_id = entries_summed.bank_account_id
    left join pockets_summed
        on accounts.firm_id = pockets_summed.firm_id
    left join {{ ref('int_xero_trust_banks') }} as banks
        on accounts.firm_id = banks.firm_id and accounts.xero_bank_account_id = banks.xero_bank_account_id
    left join {{ ref('int_xero_account_balances') }} as liabilities
        on accounts.firm_id = liabilities.firm_id and accounts.xero_liability_account_id = liabilities.account_id
    left join {{ ref('int_trust_statements') }} as statements
        on accounts.firm_id = statements.firm_id and accounts.bank_account_id = statements.bank_account_id
    left join outstanding_summed
        on
            statements.firm_id = outstanding_summed.firm_id
            and statements.bank_account_id = outstanding_summed.bank_account_id
    left join ledgers_on_the_statement_date
        on
            statements.firm_id = ledgers_on_the_statement_date.firm_id
            and statements.bank_account_id = ledgers_on_the_statement_date.bank_account_id

),

figures_shared as (

    select
        *,
        sum(ledger_amount) over (partition by firm_id) as all_ledgers_amount,
        sum(ledger_amount) over (partition by firm_id, xero_bank_account_id) as ledgers_of_the_bank_amount,
        row_number() over (
            partition by firm_id, xero_bank_account_id
            order by try_cast(bank_account_id as bigint), bank_account_id
        ) = 1 as is_first_of_the_bank,
        row_number() over (
            partition by firm_id, xero_liability_account_id
            order by try_cast(bank_account_id as bigint), bank_account_id
        ) = 1 as is_first_of_the_liability
    from figures

),

banks_of_liabilities as (

    -- A bank account that two Clio accounts are mapped to counts once.
    select
        firm_id,
        xero_liability_account_id,
        sum(bank_amount) as amount
    from figures_shared
    where is_first_of_the_bank and xero_liability_account_id is not null
    group by firm_id, xero_liability_account_id

)

select
    shared.firm_id,
    shared.as_of_date,
    shared.bank_account_id,
    shared.account_name,
    shared.xero_bank_account_id,
    shared.xero_bank_label,
    shared.xero_liability_account_id,
    shared.xero_liability_label,
    shared.is_first_of_the_bank,
    shared.is_first_of_the_liability,
    shared.statement_date,
    shared.statement_kind,
    {%- for figure in [
        'account_amount', 'ledger_amount', 'clients_amount', 'bank_amount', 'bank_entries_amount', 'liability_amount',
        'closing_amount', 'statement_amount', 'ledger_on_statement_date_amount', 'all_ledgers_amount',
        'ledgers_of_the_bank_amount',
    ] %}
        cast(shared.{{ figure }} as decimal(18, 2)) as {{ figure }},
    {%- endfor %}
    cast(banks.amount as decimal(18, 2)) as banks_of_the_liability_amount,
    cast(shared.ledger_amount - shared.account_amount as decimal(18, 2)) as ledger_difference_amount,
    cast(shared.clients_amount - shared.all_ledgers_amount as decimal(18, 2)) as clients_difference_amount,
    cast(shared.bank_amount - shared.ledgers_of_the_bank_amount as decimal(18, 2)) as bank_difference_amount,
    cast(shared.liability_amount - banks.amount as decimal(18, 2)) as liability_difference_amount,
    cast(shared.statement_amount - shared.ledger_on_statement_date_amount as decimal(18, 2))
        as statement_difference_amount
from figures_shared as shared
left join banks_of_liabilities as banks
    on shared.firm_id = banks.firm_id and shared.xero_liability_account_id = banks.xero_liability_account_id
