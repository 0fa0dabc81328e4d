-- Statements up to the night's day, under the first of the Clio accounts that share the bank account. Each speaks of
-- the days from the day after the previous statement's date, typed or not, else from its own first line, to its date.
-- In force is the latest by its date, then by its import; older than 45 days it says nothing of today.
with

statements_of_banks as (

    select
        statements.firm_id,
        accounts.bank_first_id,
        accounts.as_of_date,
        statements.statement_id,
        statements.statement_kind,
        statements.statement_date,
        statements.first_line_date,
        statements.closing_amount,
        statements.position
    from {{ ref('stg_evidence__statements') }} as statements
    inner join {{ ref('int_trust_accounts') }} as accounts
        on statements.firm_id = accounts.firm_id and statements.bank_account_id = accounts.bank_account_id
    where statements.statement_date <= accounts.as_of_date

)

select
    * exclude (first_line_date, as_of_date, position),
    coalesce(
        cast(
            max(statement_date) over (
                partition by firm_id, bank_first_id
                order by statement_date
                range between unbounded preceding and interval 1 day preceding
            ) + interval 1 day as date
        ),
        first_line_date
    ) as speaks_from_date,
    statement_date + 45 as counts_until_date,
    statement_date + 45 < as_of_date as is_too_old,
    row_number() over (partition by firm_id, bank_first_id order by statement_date desc, position desc) = 1
        as is_in_force
from statements_of_banks
