-- The figures of each trust account with what makes them differ: the entries that are missing on one side and the fees
-- taken of deposits, what had not cleared, the bank lines that clear nothing, and the documents that stand on one of
-- the two accounts in Xero alone.
with

effects as (

    -- What each entry that is missing on one side, and each fee taken of a deposit, adds to Xero minus Clio.
    select
        firm_id,
        xero_bank_account_id,
        case when side = 'xero' then signed_amount else -signed_amount end as effect_amount,
        changed_at
    from {{ ref('int_trust_entries_settled') }}
    where match_status in ('missing_in_xero', 'missing_in_clio')

    union all

    select
        netted.firm_id,
        entries.xero_bank_account_id,
        -netted.fee_amount as effect_amount,
        greatest(entries.changed_at, xero_entries.changed_at) as changed_at
    from {{ ref('int_trust_partners') }} as netted
    inner join {{ ref('int_trust_entries') }} as entries
        on netted.firm_id = entries.firm_id and netted.bank_transaction_id = entries.bank_transaction_id
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on netted.firm_id = xero_entries.firm_id and netted.entry_key = xero_entries.entry_key
    where netted.fee_amount <> 0

),

open_entries as (

    select
        effects.firm_id,
        effects.xero_bank_account_id,
        sum(effects.effect_amount) as effect_amount,
        count(*) as entry_count,
        sum(case when effects.changed_at >= tonight.in_flight_since_at then effects.effect_amount else 0 end)
            as in_flight_amount,
        max(effects.changed_at) as changed_at
    from effects
    inner join {{ ref('int_tonight') }} as tonight
        on effects.firm_id = tonight.firm_id
    group by effects.firm_id, effects.xero_bank_account_id

),

entries_changed_while_loading as (

    select
        settled.firm_id,
        settled.xero_bank_account_id,
        max(settled.changed_at) as changed_at
    from {{ ref('int_trust_entries_settled') }} as settled
    inner join {{ ref('int_tonight') }} as tonight
        on settled.firm_id = tonight.firm_id and settled.changed_at >= tonight.started_at
    group by settled.firm_id, settled.xero_bank_account_id

),

outstanding_listed as (

    select
        firm_id,
        bank_first_id,
        {{ listed('list(item order by entry_date, bank_transaction_id)', ', ', budget=350) }} as items
    from (
        select
            *,
            item_kind || ' ' || {{ money_text('abs(signed_amount)') }} || ' of ' || entry_date
            || case when is_old then ' (old)' else '' end as item
        from {{ ref('int_trust_entries_on_statements') }}
        where line_key is null
    ) as items_worded
    group by firm_id, bank_first_id

),

lines_without_an_entry as (

    -- Of the statement in force.
    select
        in_force.firm_id,
        in_force.bank_first_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        lines.line_amount,
        lines.description
    from {{ ref('int_trust_statements') }} as in_force
    inner join {{ ref('stg_evidence__statement_lines') }} as lines
        on in_force.firm_id = lines.firm_id and in_force.statement_id = lines.statement_id
    left join {{ ref('int_trust_entries_on_statements') }} as cleared
        on lines.firm_id = cleared.firm_id and cleared.line_key = lines.statement_id || '|' || lines.position
    where
        in_force.is_in_force
        and not in_force.is_too_old
        and lines.line_amount <> 0
        and cleared.firm_id is null

),

lines_listed as (

    select
        firm_id,
        bank_first_id,
        {{ listed('list(item order by line_date, line_key)', ', ', budget=250) }} as lines
    from (
        select
            *,
            {{ money_text('line_amount') }} || ' of ' || line_date
            || coalesce(' (' || left(description, 40) || ')', '') as item
        from lines_without_an_entry
    ) as lines_worded
    group by firm_id, bank_first_id

),

documents_alone_listed as (

    select
        firm_id,
        books_first_id,
        {{ listed('list(words order by entry_date, document_id)', '; ', budget=550) }} as documents
    from {{ ref('int_xero_trust_documents_alone') }}
    group by firm_id, books_first_id

)

select
    figures.*,
    cast(coalesce(open_entries.effect_amount, 0) as decimal(18, 2)) as open_effect_amount,
    coalesce(open_entries.entry_count, 0) as open_entry_count,
    case when figures.bank_difference_amount = open_entries.in_flight_amount then open_entries.changed_at end
        as difference_changed_at,
    -- Opening entries that agree stand against a balance of Xero without entries: together they are zero.
    cast(figures.bank_difference_amount - coalesce(open_entries.effect_amount, 0) as decimal(18, 2))
        as unexplained_amount,
    entries_changed_while_loading.changed_at as loading_changed_at,
    outstanding_listed.items as outstanding_items,
    lines_listed.lines as lines_unexplained,
    documents_alone_listed.documents as documents_alone
from {{ ref('int_trust_figures') }} as figures
left join open_entries
    on
        figures.firm_id = open_entries.firm_id
        and figures.xero_bank_account_id = open_entries.xero_bank_account_id
left join entries_changed_while_loading
    on
        figures.firm_id = entries_changed_while_loading.firm_id
        and figures.xero_bank_account_id = entries_changed_while_loading.xero_bank_account_id
left join outstanding_listed
    on figures.firm_id = outstanding_listed.firm_id and figures.bank_first_id = outstanding_listed.bank_first_id
left join lines_listed
    on figures.firm_id = lines_listed.firm_id and figures.bank_first_id = lines_listed.bank_first_id
left join documents_alone_listed
    on
        figures.firm_id = documents_alone_listed.firm_id
        and figures.books_first_id = documents_alone_listed.books_first_id
