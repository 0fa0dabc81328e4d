{#-
    What int_trust_figure_findings found, in words: a `when` for each code, over its facts, and over the lists among
    them that int_trust_findings has worded (`documents_alone_in_words`, `outstanding_in_words`, `bank_lines_in_words`).
-#}
{% macro words_of_trust_figures() %}
    {%- set refused -%}
        case
            when is_kept_by_journals and are_journals_refused
                then ' Xero does not show us its manual journals, so nothing is known of the entries there.'
            else ''
        end
    {%- endset %}
    when 'trust_account_differs_from_ledger' then {
        'clio_value': 'balance ' || {{ money_text('account_amount') }}
            || ', ledger ' || {{ money_text('ledger_amount') }},
        'explanation': 'Clio says that ' || trust_account || ' holds ' || {{ money_text('account_amount') }}
            || ', but the entries of its ledger add up to ' || {{ money_text('ledger_amount') }} || '.',
        'suggested_action': 'Find the entry that Clio left out or counted twice in the account''s transactions, and ask'
            || ' Clio to correct it.'
    }
    when 'trust_ledger_differs_from_clients' then {
        'clio_value': 'ledgers ' || {{ money_text('all_ledgers_amount') }}
            || ', clients ' || {{ money_text('clients_amount') }},
        'explanation': 'The ledgers of all trust accounts add up to ' || {{ money_text('all_ledgers_amount') }}
            || ', the money held for matters and clients to ' || {{ money_text('clients_amount') }} || '.',
        'suggested_action': 'Assign the entries that belong to no client, or restore what was taken without one.'
    }
    when 'trust_clio_differs_from_xero' then {
        'clio_value': 'ledger ' || {{ money_text('ledgers_of_the_bank_amount') }},
        'xero_value': 'bank ' || {{ money_text('bank_amount') }},
        'explanation': 'Clio''s ledger of ' || trust_account || ' stands at '
            || {{ money_text('ledgers_of_the_bank_amount') }} || ', ' || xero_bank_label || ' in Xero at '
            || {{ money_text('bank_amount') }} || ': Xero minus Clio is ' || {{ money_text('difference_amount') }}
            || '. Of this, ' || {{ money_text('open_effect_amount') }}
            || ' comes from entries that only one side has and from fees (' || open_entry_count || ' in all).'
            || {{ refused }},
        'suggested_action': 'See to the single entries that only one side has, each a row of its own; what they do not'
            || ' explain is one as well.'
    }
    when 'trust_unexplained' then {
        'clio_value': 'ledger ' || {{ money_text('ledgers_of_the_bank_amount') }},
        'xero_value': 'bank ' || {{ money_text('bank_amount') }}
            || coalesce(', its entries ' || {{ money_text('bank_entries_amount') }}, ''),
        'explanation': 'Of the difference between Clio''s ledger of ' || trust_account || ' and ' || xero_bank_label
            || ' in Xero, ' || {{ money_text('difference_amount') }} || ' is in no entry that either system shows: '
            || 'Xero''s balance is ' || {{ money_text('bank_amount') }}
            || coalesce(', its entries add up to ' || {{ money_text('bank_entries_amount') }}, '') || '.'
            || {{ refused }},
        'suggested_action': case
            when is_kept_by_journals and are_journals_refused
                then 'Give the connected user of Xero the right to read manual journals.'
            else 'Look in Xero for a conversion balance or a journal on the bank account, and tell us if there is none.'
        end
    }
    when 'trust_bank_differs_from_liability' then {
        'xero_value': 'bank ' || {{ money_text('banks_of_the_books_amount') }}
            || ', liability ' || {{ money_text('liabilities_of_the_books_amount') }},
        'explanation': 'In Xero the trust ' || case when is_kept_by_journals then 'account ' else 'bank account ' end
            || bank_labels_of_the_books || ' stands at ' || {{ money_text('banks_of_the_books_amount') }}
            || ', what is owed to clients (' || liability_labels_of_the_books || ') at '
            || {{ money_text('liabilities_of_the_books_amount') }} || '. '
            || coalesce(
                'Without a partner on the other side: '
                || {{ listed('documents_alone_in_words', '; ', budget=550) }} || '.',
                'No entry that Xero shows makes the difference: look for a conversion balance.'
            )
            || case
                when are_journals_refused
                    then ' Xero does not show us its manual journals, which may be among what makes the difference.'
                else ''
            end,
        'suggested_action': 'Recode what stands on one of the two accounts alone to ' || liability_labels_of_the_books
            || ', or book its other side; leave what belongs to no client until you know whose it is.'
    }
    when 'trust_account_not_mapped' then {
        'clio_value': 'balance ' || {{ money_text('account_amount') }},
        'explanation': 'No mapping names the trust account ' || trust_account || ' of Clio, which holds '
            || {{ money_text('account_amount') }} || ': nothing in Xero and no bank statement is compared with it.',
        'suggested_action': 'Name its bank account and its liability account in Xero under trust_accounts in'
            || ' tieout.toml.'
    }
    when 'trust_book_differs_from_statement' then {
        'clio_value': 'ledger on ' || since_date || ' ' || {{ money_text('ledger_on_statement_date_amount') }},
        'xero_value': 'statement of ' || since_date || ' ' || {{ money_text('closing_amount') }},
        'explanation': 'The bank statement of ' || trust_account || ' closes on ' || since_date || ' with '
            || {{ money_text('closing_amount') }}
            || case
                when statement_kind = 'typed' then ' (typed in, so nothing is known of what had not cleared)'
                else ', ' || {{ money_text('statement_amount') }} || ' with what had not cleared ('
                    || coalesce({{ listed('outstanding_in_words', ', ', budget=350) }}, 'nothing') || ')'
            end
            || '; Clio''s ledger stood at ' || {{ money_text('ledger_on_statement_date_amount') }} || ' that day.'
            || coalesce(
                ' Lines of the bank that clear no entry: '
                || {{ listed('bank_lines_in_words', ', ', budget=250) }} || '.', ''
            ),
        'suggested_action': 'Find the bank line that the book does not have, or the entry that the bank does not know.'
    }
{%- endmacro %}

{#- One item of the lists above. -#}
{% macro outstanding_in_words(item) -%}
    {{ item }}.item_kind || ' ' || {{ money_text('abs(' ~ item ~ '.amount)') }} || ' of ' || {{ item }}.entry_date
    || case when {{ item }}.is_old then ' (old)' else '' end
{%- endmacro %}

{% macro bank_line_in_words(line) -%}
    {{ money_text(line ~ '.amount') }} || ' of ' || {{ line }}.line_date
    || coalesce(' (' || left({{ line }}.description, 40) || ')', '')
{%- endmacro %}

{#- A document of Xero that stands unevenly on the bank's side and on what is owed to clients. -#}
{% macro document_alone_in_words(document) -%}
    {{ document }}.entry_kind || ' of ' || {{ document }}.entry_date
    || coalesce(' with ' || {{ document }}.called, '')
    || coalesce(' (' || left({{ document }}.document_text, 60) || ')', '')
    || case
        when {{ document }}.owed_amount = 0 or {{ document }}.bank_amount = 0
            then ': ' || {{ money_text(document ~ '.bank_amount + ' ~ document ~ '.owed_amount') }}
                || ' on ' || {{ document }}.labels || ' alone'
        else ': ' || {{ money_text(document ~ '.bank_amount') }} || ' on the bank side, '
            || {{ money_text(document ~ '.owed_amount') }} || ' on what is owed'
    end
{%- endmacro %}
