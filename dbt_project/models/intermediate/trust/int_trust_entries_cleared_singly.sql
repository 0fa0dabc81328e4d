-- Entries of the book that some imported file speaks of, up to the date of the statement in force, and the bank line
-- of its own amount by which each has cleared, if one has. A line clears an entry of its own statement or of an earlier
-- one; a bank may be some days ahead of the book. What no file speaks of had cleared before.
with

entries_spoken_of as (

    select
        entries.firm_id,
        entries.bank_account_id,
        entries.bank_transaction_id,
        entries.entry_number,
        entries.entry_date,
        entries.signed_amount,
        in_force.statement_date,
        min(files.first_line_date) as spoken_of_from_date
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_trust_statements') }} as in_force
        on entries.firm_id = in_force.firm_id and entries.bank_account_id = in_force.bank_account_id
    inner join {{ ref('stg_evidence__statements') }} as files
        on
            entries.firm_id = files.firm_id
            and entries.bank_account_id = files.bank_account_id
            and files.statement_kind = 'file'
            and in_force.statement_date >= files.statement_date
            and entries.entry_date between files.first_line_date and files.statement_date
    where in_force.statement_kind = 'file' and entries.signed_amount <> 0
    group by all

),

lines_of_accounts as (

    select
        lines.firm_id,
        statements.bank_account_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        lines.line_amount,
        lines.position as line_position
    from {{ ref('stg_evidence__statement_lines') }} as lines
    inner join {{ ref('stg_evidence__statements') }} as statements
        on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id

),

-- Most money clears within days. What is left then is little, and may have been under way for months.
candidates_within_days as (

    select
        entries.firm_id,
        entries.bank_transaction_id,
        lines.line_key,
        entries.entry_date,
        entries.entry_number,
        lines.line_date,
        lines.line_position,
        abs(date_diff('day', entries.entry_date, lines.line_date)) as days_apart
    from entries_spoken_of as entries
    inner join lines_of_accounts as lines
        on
            entries.firm_id = lines.firm_id
            and entries.bank_account_id = lines.bank_account_id
            and entries.signed_amount = lines.line_amount
            and lines.line_date between entries.entry_date - 3 and entries.entry_date + 5
    where
        lines.line_date <= entries.statement_date
        and lines.line_date >= least(entries.spoken_of_from_date, entries.entry_date - 3)

),

pairs_within_days as (

    {{ choose_partners(
        'candidates_within_days',
        within=['firm_id'],
        left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
        right_order=['line_date', 'line_position', 'line_key'],
        costs=['days_apart'],
    ) }}

),

entries_left as (

    select entries.*
    from entries_spoken_of as entries
    left join pairs_within_days as pairs
        on entries.firm_id = pairs.firm_id and entries.bank_transaction_id = pairs.bank_transaction_id
    where pairs.firm_id is null

),

lines_left as (

    select lines.*
    from lines_of_accounts as lines
    left join pairs_within_days as pairs
        on lines.firm_id = pairs.firm_id and lines.line_key = pairs.line_key
    where pairs.firm_id is null

),

candidates_within_months as (

    select
        entries.firm_id,
        entries.bank_transaction_id,
        lines.line_key,
        entries.entry_date,
        entries.entry_number,
        lines.line_date,
        lines.line_position,
        abs(date_diff('day', entries.entry_date, lines.line_date)) as days_apart
    from entries_left as entries
    inner join lines_left as lines
        on
            entries.firm_id = lines.firm_id
            and entries.bank_account_id = lines.bank_account_id
            and entries.signed_amount = lines.line_amount
            and lines.line_date between entries.entry_date - 3 and entries.entry_date + 180
    where
        lines.line_date <= entries.statement_date
        and lines.line_date >= least(entries.spoken_of_from_date, entries.entry_date - 3)

),

pairs_within_months as (

    {{ choose_partners(
        'candidates_within_months',
        within=['firm_id'],
        left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
        right_order=['line_date', 'line_position', 'line_key'],
        costs=['days_apart'],
    ) }}

),

pairs as (

    select * from pairs_within_days
    union all
    select * from pairs_within_months

)

select
    entries.firm_id,
    entries.bank_account_id,
    entries.bank_transaction_id,
    entries.entry_date,
    entries.signed_amount,
    entries.statement_date,
    pairs.line_key
from entries_spoken_of as entries
left join pairs
    on entries.firm_id = pairs.firm_id and entries.bank_transaction_id = pairs.bank_transaction_id
