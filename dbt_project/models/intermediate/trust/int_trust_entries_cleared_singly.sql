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

lines_of_accounts as (

    select
        lines.firm_id,
        statements.bank_first_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        lines.line_amount,
        lines.position as line_position
    from {{ ref('stg_evidence__statement_lines') }} as lines
    inner join {{ ref('int_trust_statements') }} as statements
        on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id

),

{# Most money clears within days. What is left then is little, and may have been under way for months. #}
{%- for term, days, entries, lines in [
    ('within_days', 5, 'entries_spoken_of', 'lines_of_accounts'),
    ('within_months', 180, 'entries_left_within_days', 'lines_left_within_days'),
] %}
    candidates_{{ term }} as (

        select
            entries.firm_id,
            entries.bank_transaction_id,
            lines.line_key,
            entries.entry_date,
            entries.entry_number,
            lines.line_date,
            lines.line_position,
            {{ days_apart('entries.entry_date', 'lines.line_date') }} as days_apart
        from {{ entries }} as entries
        inner join {{ lines }} as lines
            on
                entries.firm_id = lines.firm_id
                and entries.bank_first_id = lines.bank_first_id
                and entries.signed_amount = lines.line_amount
                and lines.line_date between entries.entry_date - 3 and entries.entry_date + {{ days }}
        where lines.line_date <= entries.statement_date

    ),

    pairs_{{ term }} as (

        {{ choose_partners(
            'candidates_' ~ term,
            within=['firm_id'],
            left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
            right_order=['line_date', 'line_position', 'line_key'],
            costs=['days_apart'],
        ) }}

    ),

    {%- for left, open_ones, key in [('entries', entries, 'bank_transaction_id'), ('lines', lines, 'line_key')]
        if term == 'within_days' %}

        {{ left }}_left_within_days as (

            select open_ones.*
            from {{ open_ones }} as open_ones
            left join pairs_within_days as pairs
                on open_ones.firm_id = pairs.firm_id and open_ones.{{ key }} = pairs.{{ key }}
            where pairs.firm_id is null

        ),
    {%- endfor %}
{%- endfor %}

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
    pairs.line_key
from entries_spoken_of as entries
left join pairs
    on entries.firm_id = pairs.firm_id and entries.bank_transaction_id = pairs.bank_transaction_id
