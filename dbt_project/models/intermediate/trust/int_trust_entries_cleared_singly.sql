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

candidates_found as (

    select
        entries.firm_id,
        entries.bank_transaction_id,
        lines.statement_id || '|' || lines.position as line_key,
        entries.entry_date,
        entries.entry_number,
        abs(date_diff('day', entries.entry_date, lines.line_date)) as days_apart,
        lines.line_date,
        lines.position as line_position
    from entries_spoken_of as entries
    inner join {{ ref('stg_evidence__statements') }} as statements
        on entries.firm_id = statements.firm_id and entries.bank_account_id = statements.bank_account_id
    inner join {{ ref('stg_evidence__statement_lines') }} as lines
        on statements.firm_id = lines.firm_id and statements.statement_id = lines.statement_id
    where
        lines.line_amount = entries.signed_amount
        and lines.line_date <= entries.statement_date
        and lines.line_date >= least(entries.spoken_of_from_date, entries.entry_date - 3)
        and lines.line_date <= entries.entry_date + 180

),

pairs as (

    {{ choose_partners(
        'candidates_found',
        within=['firm_id'],
        left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
        right_order=['line_date', 'line_position', 'line_key'],
        costs=['days_apart'],
    ) }}

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
