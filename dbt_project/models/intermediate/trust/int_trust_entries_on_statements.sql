-- Entries of the book that some imported file speaks of, and the bank line by which each has cleared, if one has: a
-- line of its own, or that of the deposit slip it was paid in with. Cheques paid in together are deposits of one day
-- without a line of their own, and the bank line within three days that all of them, or some, add up to. As many lines
-- as can be are explained so; of equal sets the first entries are taken, which changes nothing in what had cleared
-- (how: pipelines/matching/slips.py).
with

deposits_open as (

    select *
    from {{ ref('int_trust_entries_cleared_singly') }}
    where line_key is null and signed_amount > 0

),

lines_open as (

    select
        statements.firm_id,
        statements.bank_first_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        lines.line_amount,
        lines.position as line_position
    from {{ ref('stg_evidence__statement_lines') }} as lines
    inner join {{ ref('int_trust_statements') }} as statements
        on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id
    left join {{ ref('int_trust_entries_cleared_singly') }} as cleared
        on
            lines.firm_id = cleared.firm_id
            and cleared.line_key = lines.statement_id || '|' || lines.position
    where lines.line_amount > 0 and cleared.firm_id is null

),

deposits_per_bank as (

    select
        firm_id,
        bank_first_id,
        max(statement_date) as statement_date,
        list(bank_transaction_id order by entry_date, entry_number, bank_transaction_id) as entry_ids,
        list(epoch_days order by entry_date, entry_number, bank_transaction_id) as entry_days,
        list(cents order by entry_date, entry_number, bank_transaction_id) as entry_cents
    from (
        select
            *,
            date_diff('day', date '2000-01-01', entry_date) as epoch_days,
            cast(signed_amount * 100 as bigint) as cents
        from deposits_open
    ) as deposits
    group by firm_id, bank_first_id

),

lines_per_bank as (

    select
        lines.firm_id,
        lines.bank_first_id,
        list(lines.line_key order by lines.line_date, lines.line_position, lines.line_key) as line_keys,
        list(
            date_diff('day', date '2000-01-01', lines.line_date)
            order by lines.line_date, lines.line_position, lines.line_key
        ) as line_days,
        list(
            cast(lines.line_amount * 100 as bigint) order by lines.line_date, lines.line_position, lines.line_key
        ) as line_cents
    from lines_open as lines
    inner join deposits_per_bank as deposits
        on lines.firm_id = deposits.firm_id and lines.bank_first_id = deposits.bank_first_id
    where lines.line_date <= deposits.statement_date
    group by lines.firm_id, lines.bank_first_id

),

slips as (

    select
        deposits.firm_id,
        deposits.entry_ids,
        lines.line_keys,
        lines_of_slips(lines.line_days, lines.line_cents, deposits.entry_days, deposits.entry_cents) as line_places
    from deposits_per_bank as deposits
    inner join lines_per_bank as lines
        on deposits.firm_id = lines.firm_id and deposits.bank_first_id = lines.bank_first_id

),

deposits_placed as (

    select
        firm_id,
        line_keys,
        unnest(entry_ids) as bank_transaction_id,
        unnest(line_places) as line_place
    from slips

),

deposits_cleared as (

    select
        firm_id,
        bank_transaction_id,
        line_keys[line_place] as line_key
    from deposits_placed
    where line_place > 0

)

select
    entries.* exclude (line_key, entry_number),
    coalesce(entries.line_key, slips.line_key) as line_key
from {{ ref('int_trust_entries_cleared_singly') }} as entries
left join deposits_cleared as slips
    on entries.firm_id = slips.firm_id and entries.bank_transaction_id = slips.bank_transaction_id
