-- Cheques paid in together: deposits of one day without a line of their own, and the bank line that is the sum of all
-- of them, that day or up to five days later.
with

days_still_open as (

    select
        firm_id,
        bank_account_id,
        entry_date,
        statement_date,
        sum(signed_amount) as amount
    from {{ ref('int_trust_entries_cleared_singly') }}
    where line_key is null and signed_amount > 0
    group by firm_id, bank_account_id, entry_date, statement_date
    having count(*) > 1

),

lines_still_open as (

    select
        statements.firm_id,
        statements.bank_account_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        lines.line_amount
    from {{ ref('stg_evidence__statement_lines') }} as lines
    inner join {{ ref('stg_evidence__statements') }} as statements
        on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id
    where
        not exists (
            select 1 from {{ ref('int_trust_entries_cleared_singly') }} as cleared
            where cleared.firm_id = lines.firm_id and cleared.line_key = lines.statement_id || '|' || lines.position
        )

),

slips as (

    select
        days.firm_id,
        days.bank_account_id,
        days.entry_date,
        lines.line_key
    from days_still_open as days
    inner join lines_still_open as lines
        on
            days.firm_id = lines.firm_id
            and days.bank_account_id = lines.bank_account_id
            and days.amount = lines.line_amount
            and lines.line_date between days.entry_date and days.entry_date + 5
            and days.statement_date >= lines.line_date
    qualify
        row_number() over (
            partition by days.firm_id, days.bank_account_id, days.entry_date order by lines.line_date, lines.line_key
        ) = 1
        and row_number() over (
            partition by lines.firm_id, lines.line_key order by lines.line_date - days.entry_date, days.bank_account_id
        ) = 1

)

select
    entries.firm_id,
    entries.bank_transaction_id,
    slips.line_key
from {{ ref('int_trust_entries_cleared_singly') }} as entries
inner join slips
    on
        entries.firm_id = slips.firm_id
        and entries.bank_account_id = slips.bank_account_id
        and entries.entry_date = slips.entry_date
where entries.line_key is null and entries.signed_amount > 0
