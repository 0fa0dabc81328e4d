-- Figures of trust accounts that should be equal and are not, with what makes them differ: the entries that are missing
-- on one side and the fees taken of deposits, what had not cleared, the bank lines that clear nothing, and what stands
-- on one of the two accounts in Xero alone. The tolerance is zero. A trust account of Clio that no mapping names is
-- compared with nothing, and says so.
{%- set ways_to_differ = [
    {
        'code': 'trust_account_differs_from_ledger',
        'difference': 'ledger_difference_amount',
    },
    {
        'code': 'trust_ledger_differs_from_clients',
        'difference': 'clients_difference_amount',
        'said_once_by': 'is_first_of_the_firm',
        'of': 'cast(null as varchar)',
        'subject_key': "'firm'",
    },
    {
        'code': 'trust_clio_differs_from_xero',
        'difference': 'bank_difference_amount',
        'said_once_by': 'is_first_of_the_bank',
        'of': 'names_of_the_bank',
        'changed_at': 'difference_changed_at',
    },
    {
        'code': 'trust_unexplained',
        'difference': 'unexplained_amount',
        'said_once_by': 'is_first_of_the_bank',
        'of': 'names_of_the_bank',
        'changed_at': 'loading_changed_at',
        'known_by': 'cast(null as varchar)',
    },
    {
        'code': 'trust_bank_differs_from_liability',
        'difference': 'liability_difference_amount',
        'said_once_by': 'is_first_of_the_books',
    },
    {
        'code': 'trust_book_differs_from_statement',
        'difference': 'statement_difference_amount',
        'said_once_by': 'is_first_of_the_bank',
        'of': 'names_of_the_bank',
        'since_date': 'statement_date',
        'known_by': "concat_ws('|', statement_difference_amount, statement_date)",
    },
] %}
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
        list(
            { 'item_kind': item_kind, 'amount': signed_amount, 'entry_date': entry_date, 'is_old': is_old }
            order by entry_date, bank_transaction_id
        ) as outstanding_items
    from {{ ref('int_trust_entries_on_statements') }}
    where line_key is null
    group by firm_id, bank_first_id

),

lines_without_an_entry as (

    -- Of the statement in force.
    select
        accounts.firm_id,
        accounts.bank_first_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        lines.line_amount,
        lines.description
    from {{ ref('int_trust_accounts') }} as accounts
    inner join {{ ref('stg_evidence__statement_lines') }} as lines
        on accounts.firm_id = lines.firm_id and accounts.statement_id = lines.statement_id
    left join {{ ref('int_trust_entries_on_statements') }} as cleared
        on lines.firm_id = cleared.firm_id and cleared.line_key = lines.statement_id || '|' || lines.position
    where
        accounts.bank_account_id = accounts.bank_first_id
        and not accounts.is_statement_too_old
        and lines.line_amount <> 0
        and cleared.firm_id is null

),

lines_listed as (

    select
        firm_id,
        bank_first_id,
        list(
            { 'amount': line_amount, 'line_date': line_date, 'description': description }
            order by line_date, line_key
        ) as bank_lines_alone
    from lines_without_an_entry
    group by firm_id, bank_first_id

),

documents_alone_listed as (

    select
        firm_id,
        books_first_id,
        list(
            {
                'entry_kind': document_kind,
                'entry_date': entry_date,
                'called': called,
                'document_text': document_text,
                'bank_amount': bank_amount,
                'owed_amount': owed_amount,
                'labels': labels
            }
            order by entry_date, document_id
        ) as documents_alone
    from {{ ref('int_xero_trust_documents_alone') }}
    group by firm_id, books_first_id

),

figures_with_their_causes as (

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
        outstanding_listed.outstanding_items,
        lines_listed.bank_lines_alone,
        documents_alone_listed.documents_alone,
        figures.bank_account_id = min(figures.bank_account_id) over (partition by figures.firm_id)
            as is_first_of_the_firm
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

),

findings as (

    {%- for way in ways_to_differ %}
        select
            *,
            '{{ way.code }}' as code,
            {{ way.subject_key or subject_key('clio-account', 'bank_account_id') }} as subject_key,
            {{ way.of or 'account_name' }} as trust_account,
            {{ way.difference }} as difference_amount,
            {{ way.known_by or 'cast(' ~ way.difference ~ ' as varchar)' }} as difference,
            {{ way.since_date or 'cast(null as date)' }} as since_date,
            {{ way.changed_at or 'cast(null as timestamp)' }} as changed_at
        from figures_with_their_causes
        where {{ way.difference }} <> 0 {{ 'and ' ~ way.said_once_by if way.said_once_by }}

        union all

    {% endfor %}
    select
        *,
        'trust_account_not_mapped' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        account_amount as difference_amount,
        cast(null as varchar) as difference,
        cast(null as date) as since_date,
        cast(null as timestamp) as changed_at
    from figures_with_their_causes
    where lacks_a_mapping

)

select
    firm_id,
    code,
    subject_key,
    trust_account,
    cast(abs(difference_amount) as decimal(18, 2)) as amount,
    difference_amount,
    difference,
    since_date,
    account_amount,
    ledger_amount,
    all_ledgers_amount,
    clients_amount,
    ledgers_of_the_bank_amount,
    bank_amount,
    bank_entries_amount,
    xero_bank_label,
    is_kept_by_journals,
    are_journals_refused,
    open_effect_amount,
    open_entry_count,
    banks_of_the_books_amount,
    bank_labels_of_the_books,
    liabilities_of_the_books_amount,
    liability_labels_of_the_books,
    documents_alone,
    statement_kind,
    closing_amount,
    statement_amount,
    ledger_on_statement_date_amount,
    outstanding_items,
    bank_lines_alone,
    changed_at
from findings
