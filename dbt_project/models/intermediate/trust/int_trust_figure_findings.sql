-- Figures of trust accounts that should be equal and are not, with what makes them differ: the entries that are missing
-- on one side and the fees taken of deposits, what had not cleared, the bank lines that clear nothing, and what stands
-- on one of the two accounts in Xero alone. The tolerance is zero. A trust account of Clio that no mapping names is
-- compared with nothing, and says so.
{%- set refused -%}
    case
        when is_kept_by_journals and are_journals_refused
            then ' Xero does not show us its manual journals, so nothing is known of the entries there.'
        else ''
    end
{%- endset %}
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
        accounts.firm_id,
        accounts.bank_first_id,
        lines.statement_id || '|' || lines.position as line_key,
        lines.line_date,
        {{ money_text('lines.line_amount') }} || ' of ' || lines.line_date
        || coalesce(' (' || left(lines.description, 40) || ')', '') as item
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
        {{ listed('list(item order by line_date, line_key)', ', ', budget=250) }} as lines
    from lines_without_an_entry
    group by firm_id, bank_first_id

),

documents_alone_listed as (

    select
        firm_id,
        books_first_id,
        {{ listed('list(words order by entry_date, document_id)', '; ', budget=550) }} as documents
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

),

findings as (

    select
        firm_id,
        'trust_account_differs_from_ledger' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(ledger_difference_amount) as amount,
        cast(ledger_difference_amount as varchar) as difference,
        'balance ' || {{ money_text('account_amount') }} || ', ledger '
        || {{ money_text('ledger_amount') }} as clio_value,
        'Clio says that ' || account_name || ' holds ' || {{ money_text('account_amount') }}
        || ', but the entries of its '
        || 'ledger add up to ' || {{ money_text('ledger_amount') }} || '.' as explanation,
        'Find the entry that Clio left out or counted twice in the account''s transactions, and ask Clio to correct it.'
            as suggested_action
    from figures_with_their_causes
    where ledger_difference_amount <> 0

    union all by name

    select distinct
        firm_id,
        'trust_ledger_differs_from_clients' as code,
        'firm' as subject_key,
        abs(clients_difference_amount) as amount,
        cast(clients_difference_amount as varchar) as difference,
        'ledgers ' || {{ money_text('all_ledgers_amount') }} || ', clients '
        || {{ money_text('clients_amount') }} as clio_value,
        'The ledgers of all trust accounts add up to ' || {{ money_text('all_ledgers_amount') }}
        || ', the money held for '
        || 'matters and clients to ' || {{ money_text('clients_amount') }} || '.' as explanation,
        'Assign the entries that belong to no client, or restore what was taken without one.' as suggested_action
    from figures_with_their_causes
    where clients_difference_amount <> 0

    union all by name

    select
        firm_id,
        'trust_clio_differs_from_xero' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        names_of_the_bank as trust_account,
        abs(bank_difference_amount) as amount,
        cast(bank_difference_amount as varchar) as difference,
        'ledger ' || {{ money_text('ledgers_of_the_bank_amount') }} as clio_value,
        'bank ' || {{ money_text('bank_amount') }} as xero_value,
        'Clio''s ledger of ' || names_of_the_bank || ' stands at ' || {{ money_text('ledgers_of_the_bank_amount') }}
        || ', ' || xero_bank_label
        || ' in Xero at ' || {{ money_text('bank_amount') }} || ': Xero minus Clio is '
        || {{ money_text('bank_difference_amount') }} || '. Of this, ' || {{ money_text('open_effect_amount') }}
        || ' comes from entries that only one side has and from fees (' || open_entry_count || ' in all).'
        || {{ refused }} as explanation,
        'See to the single entries that only one side has, each a row of its own; what they do not explain is one as'
        || ' well.' as suggested_action,
        difference_changed_at as changed_at
    from figures_with_their_causes
    where bank_difference_amount <> 0 and is_first_of_the_bank

    union all by name

    select
        firm_id,
        'trust_unexplained' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        names_of_the_bank as trust_account,
        abs(unexplained_amount) as amount,
        'ledger ' || {{ money_text('ledgers_of_the_bank_amount') }} as clio_value,
        'bank ' || {{ money_text('bank_amount') }}
        || coalesce(', its entries ' || {{ money_text('bank_entries_amount') }}, '') as xero_value,
        'Of the difference between Clio''s ledger of ' || names_of_the_bank || ' and ' || xero_bank_label
        || ' in Xero, ' || {{ money_text('unexplained_amount') }} || ' is in no entry that either system shows: '
        || 'Xero''s balance is '
        || {{ money_text('bank_amount') }}
        || coalesce(', its entries add up to ' || {{ money_text('bank_entries_amount') }}, '') || '.'
        || {{ refused }} as explanation,
        case
            when {{ refused }} <> '' then 'Give the connected user of Xero the right to read manual journals.'
            else 'Look in Xero for a conversion balance or a journal on the bank account, and tell us if there is none.'
        end as suggested_action,
        loading_changed_at as changed_at
    from figures_with_their_causes
    where unexplained_amount <> 0 and is_first_of_the_bank

    union all by name

    select
        firm_id,
        'trust_bank_differs_from_liability' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(liability_difference_amount) as amount,
        cast(liability_difference_amount as varchar) as difference,
        'bank ' || {{ money_text('banks_of_the_books_amount') }} || ', liability '
        || {{ money_text('liabilities_of_the_books_amount') }} as xero_value,
        'In Xero the trust ' || case when is_kept_by_journals then 'account ' else 'bank account ' end
        || bank_labels_of_the_books || ' stands at '
        || {{ money_text('banks_of_the_books_amount') }} || ', what is owed to clients ('
        || liability_labels_of_the_books || ') at '
        || {{ money_text('liabilities_of_the_books_amount') }} || '. '
        || coalesce(
            'Without a partner on the other side: ' || documents_alone || '.',
            'No entry that Xero shows makes the difference: look for a conversion balance.'
        )
        || case
            when are_journals_refused
                then ' Xero does not show us its manual journals, which may be among what makes the difference.'
            else ''
        end as explanation,
        'Recode what stands on one of the two accounts alone to ' || liability_labels_of_the_books
        || ', or book its other side; leave what belongs to no client until you know whose it is.' as suggested_action
    from figures_with_their_causes
    where liability_difference_amount <> 0 and is_first_of_the_books

    union all by name

    select
        firm_id,
        'trust_account_not_mapped' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(account_amount) as amount,
        'balance ' || {{ money_text('account_amount') }} as clio_value,
        'No mapping names the trust account ' || account_name || ' of Clio, which holds '
        || {{ money_text('account_amount') }}
        || ': nothing in Xero and no bank statement is compared with it.' as explanation,
        'Name its bank account and its liability account in Xero under trust_accounts in tieout.toml.'
            as suggested_action
    from figures_with_their_causes
    where lacks_a_mapping

    union all by name

    select
        firm_id,
        'trust_book_differs_from_statement' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        names_of_the_bank as trust_account,
        statement_date as since_date,
        abs(statement_difference_amount) as amount,
        concat_ws('|', statement_difference_amount, statement_date) as difference,
        'ledger on ' || statement_date || ' ' || {{ money_text('ledger_on_statement_date_amount') }} as clio_value,
        'statement of ' || statement_date || ' ' || {{ money_text('closing_amount') }} as xero_value,
        'The bank statement of ' || names_of_the_bank || ' closes on ' || statement_date || ' with '
        || {{ money_text('closing_amount') }}
        || case
            when statement_kind = 'typed' then ' (typed in, so nothing is known of what had not cleared)'
            else ', ' || {{ money_text('statement_amount') }} || ' with what had not cleared ('
                || coalesce(outstanding_items, 'nothing') || ')'
        end
        || '; Clio''s ledger stood at ' || {{ money_text('ledger_on_statement_date_amount') }}
        || ' that day.' || coalesce(' Lines of the bank that clear no entry: ' || lines_unexplained || '.', '')
            as explanation,
        'Find the bank line that the book does not have, or the entry that the bank does not know.' as suggested_action
    from figures_with_their_causes
    where statement_difference_amount <> 0 and is_first_of_the_bank

)

select * replace (cast(amount as decimal(18, 2)) as amount)
from findings
