-- Statements up to the night's day, each with the days that it speaks of: from the day after the previous statement's
-- date, typed or not, else from its own first line, to its date.
with

statements_of_banks as (

    select
        statements.firm_id,
        accounts.bank_first_id,
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
    * exclude (first_line_date),
    coalesce(
        cast(
            max(statement_date) over (
                partition by firm_id, bank_first_id
                order by statement_date
                range between unbounded preceding and interval 1 day preceding
            ) + interval 1 day as date
        ),
        first_line_date
    ) as speaks_from_date
from statements_of_banks
