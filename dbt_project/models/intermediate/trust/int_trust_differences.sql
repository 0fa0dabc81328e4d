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

-- From here: Xero's documents that stand on a trust bank account and not, or not with the same amount, on what is owed
-- to clients, or the other way round, without a partner in the same document or in another one of the opposite effect
-- within three days. They are where the two accounts come apart.
accounts_of_books as (

    select distinct
        firm_id,
        books_first_id,
        unnest([xero_bank_account_id, xero_liability_account_id]) as account_id,
        unnest([xero_bank_label, xero_liability_label]) as label,
        unnest([true, false]) as is_bank
    from {{ ref('int_trust_accounts') }}
    where is_mapped

),

postings as (

    select
        firm_id,
        account_id,
        document_id,
        document_kind,
        entry_date,
        signed_amount,
        contact_name,
        coalesce(document_text, description) as words
    from {{ ref('int_xero_lines_on_trust_accounts') }}

    union all

    select
        entries.firm_id,
        entries.xero_bank_account_id as account_id,
        entries.entry_id as document_id,
        entries.entry_kind as document_kind,
        entries.entry_date,
        entries.signed_amount,
        entries.contact_name,
        entries.description as words
    from {{ ref('int_xero_trust_entries') }} as entries
    where entries.entry_kind in ('money received', 'money spent', 'payment', 'batch payment', 'transfer')

    union all

    select
        payments.firm_id,
        payments.account_id,
        payments.payment_id as document_id,
        'payment' as document_kind,
        payments.payment_date as entry_date,
        {{ payment_sign('payments.payment_type') }} * coalesce(payments.bank_amount, payments.payment_amount)
            as signed_amount,
        payments.contact_name,
        coalesce(payments.reference, 'payment of ' || payments.invoice_number) as words
    from {{ ref('stg_xero__payments') }} as payments
    inner join {{ ref('int_tonight') }} as tonight
        on payments.firm_id = tonight.firm_id and payments.payment_date <= tonight.as_of_date
    inner join accounts_of_books as accounts
        on payments.firm_id = accounts.firm_id and payments.account_id = accounts.account_id and not accounts.is_bank
    where payments.payment_status = 'AUTHORISED'

),

documents as (

    select
        postings.firm_id,
        accounts.books_first_id,
        postings.document_id,
        arg_min(postings.document_kind, not accounts.is_bank) as document_kind,
        min(postings.entry_date) as entry_date,
        max(postings.contact_name) as contact_name,
        max(postings.words) as words,
        coalesce(sum(postings.signed_amount) filter (where accounts.is_bank), 0) as bank_amount,
        coalesce(sum(-postings.signed_amount) filter (where not accounts.is_bank), 0) as owed_amount,
        string_agg(distinct accounts.label, ' and ' order by accounts.label) as labels
    from postings
    inner join accounts_of_books as accounts
        on postings.firm_id = accounts.firm_id and postings.account_id = accounts.account_id
    group by postings.firm_id, accounts.books_first_id, postings.document_id

),

documents_uneven as (

    select
        *,
        bank_amount - owed_amount as effect_amount
    from documents
    where bank_amount <> owed_amount

),

documents_of_opposite_effect as (

    select
        ups.firm_id,
        ups.books_first_id,
        ups.document_id as up_id,
        downs.document_id as down_id,
        ups.entry_date as up_date,
        downs.entry_date as down_date,
        {{ days_apart('ups.entry_date', 'downs.entry_date') }} as days_apart
    from documents_uneven as ups
    inner join documents_uneven as downs
        on
            ups.firm_id = downs.firm_id
            and ups.books_first_id = downs.books_first_id
            and ups.effect_amount = -downs.effect_amount
            and downs.entry_date between ups.entry_date - 3 and ups.entry_date + 3
    where ups.effect_amount > 0

),

documents_that_offset_each_other as (

    {{ choose_partners(
        'documents_of_opposite_effect',
        within=['firm_id', 'books_first_id'],
        left_order=['up_date', 'up_id'],
        right_order=['down_date', 'down_id'],
        costs=['days_apart'],
    ) }}

),

documents_alone as (

    select documents.*
    from documents_uneven as documents
    left join documents_that_offset_each_other as pairs
        on
            documents.firm_id = pairs.firm_id
            and documents.books_first_id = pairs.books_first_id
            and documents.document_id in (pairs.up_id, pairs.down_id)
    where pairs.firm_id is null

),

documents_alone_listed as (

    select
        firm_id,
        books_first_id,
        {{ listed('list(item order by entry_date, document_id)', '; ', budget=550) }} as documents
    from (
        select
            *,
            document_kind || ' of ' || entry_date || coalesce(' with ' || contact_name, '')
            || coalesce(' (' || left(words, 60) || ')', '')
            || case
                when owed_amount = 0 or bank_amount = 0
                    then ': ' || {{ money_text('bank_amount + owed_amount') }} || ' on ' || labels || ' alone'
                else ': ' || {{ money_text('bank_amount') }} || ' on the bank side, '
                    || {{ money_text('owed_amount') }} || ' on what is owed'
            end as item
        from documents_alone
    ) as documents_worded
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
