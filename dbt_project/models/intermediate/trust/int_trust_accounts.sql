-- Every trust account that Clio has or the firm mapped, with its two accounts in Xero. Accounts that share their bank
-- account in Xero are compared with it together, and those that share either account make up one set of books, under
-- the lowest id of each. One that is kept by journals cannot be compared entry by entry where Xero refuses journals.
-- Beside them the bank statement in force: of the accounts that share a bank account, the latest up to the night's day
-- by its date, then by its import; older than 45 days it says nothing of today.
with recursive

journals_refused as (

    select distinct lists.firm_id
    from {{ ref('stg_evidence__lists') }} as lists
    inner join {{ ref('int_tonight') }} as tonight
        on lists.firm_id = tonight.firm_id and lists.run_id = tonight.run_id
    where lists.source_system = 'xero' and lists.list_name = 'manual_journals' and lists.load_mode = 'refused'

),

accounts as (

    select
        accounts.firm_id,
        accounts.bank_account_id,
        coalesce(accounts.bank_account_name, mapped.clio_bank_account, accounts.bank_account_id) as account_name,
        accounts.currency_code,
        cast(coalesce(accounts.balance_amount, 0) as decimal(18, 2)) as balance_amount,
        mapped.clio_bank_account_id is not null as is_mapped,
        coalesce(mapped.is_kept_by_journals, false) as is_kept_by_journals,
        mapped.xero_bank_account_id,
        journals_refused.firm_id is not null as are_journals_refused,
        case
            when coalesce(mapped.is_kept_by_journals, false) and journals_refused.firm_id is not null then null
            else mapped.xero_bank_account_id
        end as compared_account_id,
        concat_ws(' ', banks.account_code, banks.account_name) as xero_bank_label,
        mapped.xero_liability_account_id,
        concat_ws(' ', liabilities.account_code, liabilities.account_name) as xero_liability_label,
        row_number() over (
            partition by accounts.firm_id
            order by try_cast(accounts.bank_account_id as bigint), accounts.bank_account_id
        ) as place,
        tonight.as_of_date
    from {{ ref('stg_clio__bank_accounts') }} as accounts
    inner join {{ ref('int_tonight') }} as tonight
        on accounts.firm_id = tonight.firm_id
    left join {{ ref('stg_evidence__trust_accounts') }} as mapped
        on accounts.firm_id = mapped.firm_id and accounts.bank_account_id = mapped.clio_bank_account_id
    left join {{ ref('stg_xero__accounts') }} as banks
        on mapped.firm_id = banks.firm_id and mapped.xero_bank_account_id = banks.account_id
    left join {{ ref('stg_xero__accounts') }} as liabilities
        on mapped.firm_id = liabilities.firm_id and mapped.xero_liability_account_id = liabilities.account_id
    left join journals_refused
        on accounts.firm_id = journals_refused.firm_id
    where
        accounts.vanished_at is null
        and (accounts.bank_account_type = 'Trust' or mapped.clio_bank_account_id is not null)

),

accounts_reached as (

    select
        firm_id,
        place,
        place as reached_place
    from accounts

    union

    select
        reached.firm_id,
        reached.place,
        others.place as reached_place
    from accounts_reached as reached
    inner join accounts as ones
        on reached.firm_id = ones.firm_id and reached.reached_place = ones.place
    inner join accounts as others
        on
            ones.firm_id = others.firm_id
            and (
                ones.xero_bank_account_id = others.xero_bank_account_id
                or ones.xero_liability_account_id = others.xero_liability_account_id
            )

),

first_of_the_books as (

    select
        firm_id,
        place,
        min(reached_place) as first_place
    from accounts_reached
    group by firm_id, place

),

accounts_in_their_books as (

    select
        accounts.* exclude (place),
        first_value(accounts.bank_account_id) over (
            partition by
                accounts.firm_id,
                accounts.xero_bank_account_id,
                case when accounts.xero_bank_account_id is null then accounts.place end
            order by accounts.place
        ) as bank_first_id,
        firsts.bank_account_id as books_first_id
    from accounts
    inner join first_of_the_books as books
        on accounts.firm_id = books.firm_id and accounts.place = books.place
    inner join accounts as firsts
        on books.firm_id = firsts.firm_id and books.first_place = firsts.place

),

statements_in_force as (

    select
        accounts.firm_id,
        accounts.bank_first_id,
        statements.statement_id,
        statements.statement_kind,
        statements.statement_date,
        statements.closing_amount,
        statements.statement_date + 45 as statement_counts_until_date,
        statements.statement_date + 45 < accounts.as_of_date as is_statement_too_old
    from {{ ref('stg_evidence__statements') }} as statements
    inner join accounts_in_their_books as accounts
        on statements.firm_id = accounts.firm_id and statements.bank_account_id = accounts.bank_account_id
    where statements.statement_date <= accounts.as_of_date
    qualify
        row_number() over (
            partition by accounts.firm_id, accounts.bank_first_id
            order by statements.statement_date desc, statements.position desc
        ) = 1

)

select
    accounts.*,
    statements.* exclude (firm_id, bank_first_id)
from accounts_in_their_books as accounts
left join statements_in_force as statements
    on accounts.firm_id = statements.firm_id and accounts.bank_first_id = statements.bank_first_id
