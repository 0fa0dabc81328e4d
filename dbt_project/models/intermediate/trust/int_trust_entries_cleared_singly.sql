-- Entries of the book that an imported file speaks of, up to the date of the statement in force, and the bank line of
-- its own amount by which each has cleared, if one has. A line clears an entry of its own statement or of an earlier
-- one; a bank may be some days ahead of the book. What no file speaks of had cleared before.
with

entries_spoken_of as (

    -- A typed balance knows nothing of what had cleared; neither does one that is too old to count.
    select distinct
        entries.firm_id,
        in_force.bank_first_id,
        entries.bank_account_id,
        entries.bank_transaction_id,
        entries.entry_number,
        entries.entry_date,
        entries.signed_amount,
        in_force.statement_date
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    inner join {{ ref('int_trust_statements') }} as in_force
        on
            accounts.firm_id = in_force.firm_id
            and accounts.bank_first_id = in_force.bank_first_id
            and in_force.is_in_force
    inner join {{ ref('int_trust_statements') }} as files
        on
            in_force.firm_id = files.firm_id
            and in_force.bank_first_id = files.bank_first_id
            and files.statement_kind = 'file'
            and in_force.statement_date >= files.statement_date
            and entries.entry_date between files.speaks_from_date and files.statement_date
    where in_force.statement_kind = 'file' and not in_force.is_too_old and entries.signed_amount <> 0

),

entries_and_lines as (

    select
        firm_id,
        bank_first_id,
        'clio' as side,
        bank_transaction_id as entry_key,
        entry_number as entry_order,
        entry_date,
        signed_amount
    from entries_spoken_of

    union all

    select
        lines.firm_id,
        statements.bank_first_id,
        'bank' as side,
        lines.statement_id || '|' || lines.position as entry_key,
        lines.position as entry_order,
        lines.line_date as entry_date,
        lines.line_amount as signed_amount
    from {{ ref('stg_evidence__statement_lines') }} as lines
    inner join {{ ref('int_trust_statements') }} as statements
        on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id
    inner join {{ ref('int_trust_statements') }} as in_force
        on
            statements.firm_id = in_force.firm_id
            and statements.bank_first_id = in_force.bank_first_id
            and in_force.is_in_force
    where lines.line_date <= in_force.statement_date

),

-- Most money clears within days. What is left then is little, and may have been under way for months.
pairs_within_days as (

    {{ pair_equals(
        'entries_and_lines',
        ['firm_id', 'bank_first_id', 'signed_amount'],
        days=5,
        days_before=3,
        sides=['clio', 'bank'],
        order_by=['entry_order', 'entry_key'],
    ) }}

),

entries_and_lines_left as (

    select rows.*
    from entries_and_lines as rows
    left join pairs_within_days as of_entries
        on rows.firm_id = of_entries.firm_id and rows.side = 'clio' and rows.entry_key = of_entries.clio_key
    left join pairs_within_days as of_lines
        on rows.firm_id = of_lines.firm_id and rows.side = 'bank' and rows.entry_key = of_lines.bank_key
    where of_entries.firm_id is null and of_lines.firm_id is null

),

pairs_within_months as (

    {{ pair_equals(
        'entries_and_lines_left',
        ['firm_id', 'bank_first_id', 'signed_amount'],
        days=180,
        days_before=3,
        sides=['clio', 'bank'],
        order_by=['entry_order', 'entry_key'],
    ) }}

),

pairs as (

    select * from pairs_within_days
    union all
    select * from pairs_within_months

)

select
    entries.firm_id,
    entries.bank_first_id,
    entries.bank_account_id,
    entries.bank_transaction_id,
    entries.entry_number,
    entries.entry_date,
    entries.signed_amount,
    entries.statement_date,
    pairs.bank_key as line_key
from entries_spoken_of as entries
left join pairs
    on entries.firm_id = pairs.firm_id and entries.bank_transaction_id = pairs.clio_key
