-- The six figures of each trust account and what lies between them. Clio gives balances as of now: what is dated
-- after the night's day is taken off them. Accounts that share one account in Xero are compared with it together, with
-- one statement for all of them; a statement that is too old shows its date and no amount.
with

entries_after_the_day as (

    {{ trust_entries_after_the_day() }}

),

entries_summed as (

    select
        firm_id,
        bank_account_id,
        sum(signed_amount) as ledger_amount,
        count(*) as entry_count
    from {{ ref('int_trust_entries') }}
    group by firm_id, bank_account_id

),

later_summed as (

    select
        firm_id,
        bank_account_id,
        sum(signed_amount) as amount
    from entries_after_the_day
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
    from entries_after_the_day
    where pocket_key is not null

),

pockets_summed as (

    select
        firm_id,
        sum(amount) as amount
    from pockets_stated
    group by firm_id

),

entries_in_xero_summed as (

    select
        firm_id,
        xero_bank_account_id,
        sum(signed_amount) as amount
    from {{ ref('int_xero_trust_entries') }}
    group by firm_id, xero_bank_account_id

),

outstanding_summed as (

    select
        firm_id,
        bank_first_id,
        sum(signed_amount) as amount
    from {{ ref('int_trust_entries_on_statements') }}
    where line_key is null
    group by firm_id, bank_first_id

),

ledgers_on_the_statement_date as (

    select
        accounts.firm_id,
        accounts.bank_first_id,
        coalesce(sum(entries.signed_amount), 0) as amount
    from {{ ref('int_trust_accounts') }} as accounts
    left join {{ ref('int_trust_entries') }} as entries
        on
            accounts.firm_id = entries.firm_id
            and accounts.bank_account_id = entries.bank_account_id
            and accounts.statement_date >= entries.entry_date
    where not accounts.is_statement_too_old
    group by accounts.firm_id, accounts.bank_first_id

),

figures as (

    select
        accounts.firm_id,
        accounts.as_of_date,
        accounts.bank_account_id,
        accounts.account_name,
        accounts.bank_first_id,
        accounts.books_first_id,
        accounts.is_mapped,
        accounts.is_kept_by_journals,
        accounts.are_journals_refused,
        accounts.xero_bank_account_id,
        accounts.xero_bank_label,
        accounts.xero_liability_account_id,
        accounts.xero_liability_label,
        accounts.balance_amount - coalesce(later_summed.amount, 0) as account_amount,
        coalesce(entries_summed.ledger_amount, 0) as ledger_amount,
        coalesce(entries_summed.entry_count, 0) as entry_count,
        coalesce(pockets_summed.amount, 0) as clients_amount,
        case when accounts.compared_account_id is not null then coalesce(entries_in_xero_summed.amount, 0) end
            as bank_entries_amount,
        -- By the trial balance where Xero gives it, else by the entries; missing where Xero shows neither.
        coalesce(bank_balances.balance_amount, bank_entries_amount) as bank_amount,
        -liabilities.balance_amount as liability_amount,
        accounts.statement_date,
        accounts.statement_kind,
        accounts.statement_counts_until_date,
        accounts.is_statement_too_old,
        case when not accounts.is_statement_too_old then accounts.closing_amount end as closing_amount,
        case
            when not accounts.is_statement_too_old
                then accounts.closing_amount + coalesce(outstanding_summed.amount, 0)
        end as statement_amount,
        ledgers_on_the_statement_date.amount as ledger_on_statement_date_amount
    from {{ ref('int_trust_accounts') }} as accounts
    left join entries_summed
        on accounts.firm_id = entries_summed.firm_id and accounts.bank_account_id = entries_summed.bank_account_id
    left join later_summed
        on accounts.firm_id = later_summed.firm_id and accounts.bank_account_id = later_summed.bank_account_id
    left join pockets_summed
        on accounts.firm_id = pockets_summed.firm_id
    left join entries_in_xero_summed
        on
            accounts.firm_id = entries_in_xero_summed.firm_id
            and accounts.compared_account_id = entries_in_xero_summed.xero_bank_account_id
    left join {{ ref('int_xero_account_balances') }} as bank_balances
        on accounts.firm_id = bank_balances.firm_id and accounts.xero_bank_account_id = bank_balances.account_id
    left join {{ ref('int_xero_account_balances') }} as liabilities
        on accounts.firm_id = liabilities.firm_id and accounts.xero_liability_account_id = liabilities.account_id
    left join outstanding_summed
        on accounts.firm_id = outstanding_summed.firm_id and accounts.bank_first_id = outstanding_summed.bank_first_id
    left join ledgers_on_the_statement_date
        on
            accounts.firm_id = ledgers_on_the_statement_date.firm_id
            and accounts.bank_first_id = ledgers_on_the_statement_date.bank_first_id

),

figures_shared as (

    select
        *,
        sum(ledger_amount) over (partition by firm_id) as all_ledgers_amount,
        sum(ledger_amount) over (partition by firm_id, bank_first_id) as ledgers_of_the_bank_amount,
        string_agg(account_name, ', ') over (
            partition by firm_id, bank_first_id
            order by try_cast(bank_account_id as bigint), bank_account_id
            rows between unbounded preceding and unbounded following
        ) as names_of_the_bank
    from figures

),

accounts_in_xero as (

    -- An account that several rows name counts once.
    select
        firm_id,
        books_first_id,
        'bank' as role,
        xero_bank_account_id as account_id,
        any_value(xero_bank_label) as label,
        any_value(bank_amount) as amount
    from figures
    where xero_bank_account_id is not null
    group by firm_id, books_first_id, xero_bank_account_id

    union all

    select
        firm_id,
        books_first_id,
        'liability' as role,
        xero_liability_account_id as account_id,
        any_value(xero_liability_label) as label,
        any_value(liability_amount) as amount
    from figures
    where xero_liability_account_id is not null
    group by firm_id, books_first_id, xero_liability_account_id

),

books as (

    -- A sum with a missing figure is missing.
    select
        firm_id,
        books_first_id,
        case when bool_and(amount is not null or role <> 'bank') then sum(amount) filter (where role = 'bank') end
            as bank_amount,
        case
            when bool_and(amount is not null or role <> 'liability') then sum(amount) filter (where role = 'liability')
        end as liability_amount,
        string_agg(label, ' and ' order by label) filter (where role = 'bank') as bank_labels,
        string_agg(label, ' and ' order by label) filter (where role = 'liability') as liability_labels
    from accounts_in_xero
    group by firm_id, books_first_id

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
    shared.bank_first_id,
    shared.books_first_id,
    shared.bank_account_id = shared.bank_first_id as is_first_of_the_bank,
    shared.bank_account_id = shared.books_first_id as is_first_of_the_books,
    shared.names_of_the_bank,
    not shared.is_mapped and (shared.account_amount <> 0 or shared.entry_count > 0) as lacks_a_mapping,
    shared.is_kept_by_journals,
    shared.are_journals_refused,
    books.bank_labels as bank_labels_of_the_books,
    books.liability_labels as liability_labels_of_the_books,
    shared.statement_date,
    shared.statement_kind,
    shared.statement_counts_until_date,
    shared.is_statement_too_old,
    {%- for figure in [
        'account_amount', 'ledger_amount', 'clients_amount', 'bank_amount', 'bank_entries_amount', 'liability_amount',
        'closing_amount', 'statement_amount', 'ledger_on_statement_date_amount', 'all_ledgers_amount',
        'ledgers_of_the_bank_amount',
    ] %}
        cast(shared.{{ figure }} as decimal(18, 2)) as {{ figure }},
    {%- endfor %}
    cast(books.bank_amount as decimal(18, 2)) as banks_of_the_books_amount,
    cast(books.liability_amount as decimal(18, 2)) as liabilities_of_the_books_amount,
    cast(shared.ledger_amount - shared.account_amount as decimal(18, 2)) as ledger_difference_amount,
    cast(shared.clients_amount - shared.all_ledgers_amount as decimal(18, 2)) as clients_difference_amount,
    cast(shared.bank_amount - shared.ledgers_of_the_bank_amount as decimal(18, 2)) as bank_difference_amount,
    cast(books.liability_amount - books.bank_amount as decimal(18, 2)) as liability_difference_amount,
    cast(shared.statement_amount - shared.ledger_on_statement_date_amount as decimal(18, 2))
        as statement_difference_amount
from figures_shared as shared
left join books
    on shared.firm_id = books.firm_id and shared.books_first_id = books.books_first_id
