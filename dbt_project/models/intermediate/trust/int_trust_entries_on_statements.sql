-- Entries of the book that an imported file speaks of, up to the date of the statement in force, and the bank line by
-- which each has cleared, if one has; what has not is in transit or outstanding, listed and not netted. A line clears
-- an entry of its own statement or of an earlier one; a bank may be some days ahead of the book. What no file speaks of
-- had cleared before. First each entry looks for a line of its own amount. Cheques paid in together are deposits of one
-- day without a line of their own, and the bank line within three days that all of them, or some, add up to: as many
-- lines as can be are explained so; of equal sets the first entries are taken, which changes nothing in what had
-- cleared (how: pipelines/matching/slips.py).
with

statements_of_banks as (

    -- Each speaks of the days from the day after the previous statement's date, typed or not, else from its own first
    -- line, to its date.
    select
        accounts.firm_id,
        accounts.bank_first_id,
        accounts.statement_date as in_force_date,
        statements.statement_id,
        statements.statement_kind,
        statements.statement_date,
        coalesce(
            cast(
                max(statements.statement_date) over (
                    partition by accounts.firm_id, accounts.bank_first_id
                    order by statements.statement_date
                    range between unbounded preceding and interval 1 day preceding
                ) + interval 1 day as date
            ),
            statements.first_line_date
        ) as speaks_from_date
    from {{ ref('stg_evidence__statements') }} as statements
    inner join {{ ref('int_trust_accounts') }} as accounts
        on statements.firm_id = accounts.firm_id and statements.bank_account_id = accounts.bank_account_id
    where statements.statement_date <= accounts.statement_date

),

entries_spoken_of as (

    -- A typed balance knows nothing of what had cleared; neither does one that is too old to count.
    select distinct
        entries.firm_id,
        accounts.bank_first_id,
        entries.bank_account_id,
        entries.bank_transaction_id,
        entries.entry_number,
        entries.entry_date,
        entries.signed_amount,
        accounts.statement_date
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    inner join statements_of_banks as files
        on
            accounts.firm_id = files.firm_id
            and accounts.bank_first_id = files.bank_first_id
            and files.statement_kind = 'file'
            and entries.entry_date between files.speaks_from_date and files.statement_date
    where accounts.statement_kind = 'file' and not accounts.is_statement_too_old and entries.signed_amount <> 0

),

bank_lines as (

    select
        lines.firm_id,
        statements.bank_first_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.position,
        lines.line_date,
        lines.line_amount
    from {{ ref('stg_evidence__statement_lines') }} as lines
    inner join statements_of_banks as statements
        on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id
    where lines.line_date <= statements.in_force_date

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
        firm_id,
        bank_first_id,
        'bank' as side,
        line_key as entry_key,
        position as entry_order,
        line_date as entry_date,
        line_amount as signed_amount
    from bank_lines

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

lines_of_one_entry as (

    select
        firm_id,
        clio_key as bank_transaction_id,
        bank_key as line_key
    from pairs_within_days

    union all

    select
        firm_id,
        clio_key as bank_transaction_id,
        bank_key as line_key
    from pairs_within_months

),

deposits_open_per_bank as (

    select
        firm_id,
        bank_first_id,
        list(bank_transaction_id order by entry_date, entry_number, bank_transaction_id) as entry_ids,
        list(
            date_diff('day', date '2000-01-01', entry_date) order by entry_date, entry_number, bank_transaction_id
        ) as entry_days,
        list(cast(signed_amount * 100 as bigint) order by entry_date, entry_number, bank_transaction_id)
            as entry_cents
    from entries_spoken_of as entries
    where
        signed_amount > 0
        and not exists (
            select 1
            from lines_of_one_entry as cleared
            where cleared.firm_id = entries.firm_id and cleared.bank_transaction_id = entries.bank_transaction_id
        )
    group by firm_id, bank_first_id

),

lines_open_per_bank as (

    select
        firm_id,
        bank_first_id,
        list(line_key order by line_date, position, line_key) as line_keys,
        list(date_diff('day', date '2000-01-01', line_date) order by line_date, position, line_key) as line_days,
        list(cast(line_amount * 100 as bigint) order by line_date, position, line_key) as line_cents
    from bank_lines as lines
    where
        line_amount > 0
        and not exists (
            select 1
            from lines_of_one_entry as cleared
            where cleared.firm_id = lines.firm_id and cleared.line_key = lines.line_key
        )
    group by firm_id, bank_first_id

),

deposits_placed_on_lines as (

    select
        deposits.firm_id,
        lines.line_keys,
        unnest(deposits.entry_ids) as bank_transaction_id,
        unnest(lines_of_slips(lines.line_days, lines.line_cents, deposits.entry_days, deposits.entry_cents))
            as line_place
    from deposits_open_per_bank as deposits
    inner join lines_open_per_bank as lines
        on deposits.firm_id = lines.firm_id and deposits.bank_first_id = lines.bank_first_id

),

entries_cleared as (

    select * from lines_of_one_entry

    union all

    select
        firm_id,
        bank_transaction_id,
        line_keys[line_place] as line_key
    from deposits_placed_on_lines
    where line_place > 0

)

select
    entries.firm_id,
    entries.bank_first_id,
    entries.bank_account_id,
    entries.bank_transaction_id,
    entries.entry_date,
    entries.signed_amount,
    entries.statement_date,
    cleared.line_key,
    case when entries.signed_amount > 0 then 'deposit in transit' else 'outstanding withdrawal' end as item_kind,
    date_diff('day', entries.entry_date, entries.statement_date) as age_days,
    -- A withdrawal after 90 days, a deposit after 3 business days (5 by the calendar).
    age_days > case when entries.signed_amount > 0 then 5 else 90 end as is_old
from entries_spoken_of as entries
left join entries_cleared as cleared
    on entries.firm_id = cleared.firm_id and entries.bank_transaction_id = cleared.bank_transaction_id
