-- Figures of trust accounts that should be equal and are not; the tolerance is zero. A trust account of Clio that no
-- mapping names is compared with nothing, and says so.
{%- set refused -%}
    case
        when is_kept_by_journals and are_journals_refused
            then ' Xero does not show us its manual journals, so nothing is known of the entries there.'
        else ''
    end
{%- endset %}
with

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
    from {{ ref('int_trust_differences') }}
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
    from {{ ref('int_trust_differences') }}
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
        || ' comes from entries that one side lacks and from fees (' || open_entry_count || ' in all).'
        || {{ refused }} as explanation,
        'See to the single entries that one side lacks, each a row of its own; what they do not explain is one as'
        || ' well.' as suggested_action,
        difference_changed_at as changed_at
    from {{ ref('int_trust_differences') }}
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
    from {{ ref('int_trust_differences') }}
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
    from {{ ref('int_trust_differences') }}
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
    from {{ ref('int_trust_differences') }}
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
    from {{ ref('int_trust_differences') }}
    where statement_difference_amount <> 0 and is_first_of_the_bank

)

select * replace (cast(amount as decimal(18, 2)) as amount)
from findings
