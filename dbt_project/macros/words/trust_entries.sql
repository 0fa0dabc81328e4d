{#-
    What int_trust_entry_findings and int_trust_missing_findings found, in words: a `when` for each code, over its
    facts, and over the lists among them that int_trust_findings has worded (`in_xero_in_words`, `it_may_be`).
-#}
{% macro words_of_trust_entries() %}
    {%- set kind = movement_in_brief('entry_kind', 'entry_amount') -%}
    {%- set amount = money_text('abs(entry_amount)') -%}
    {%- set the_entry = movement_in_words('entry_kind', 'entry_amount', 'since_date') -%}
    {%- set whose = whose_money('client_name', 'matter_number', 'entry_description') -%}
    {%- set look_first -%}
        'Look first whether it is the same money as ' || it_may_be || ': if it is, correct the day, the amount or the'
            || ' account of the one that is wrong; only if it is not, '
    {%- endset %}
    {%- set clio_lacks -%}
        xero_bank_label || ' in Xero has ' || entry_kind || ' of ' || {{ amount }}
            || case
                when entry_kind in ('money received', 'money spent') then ''
                else {{ direction('entry_amount') }}
            end
            || ' on ' || since_date || coalesce(' with ' || client_name, '')
            || coalesce(' (' || entry_description || ')', '')
            || '; Clio''s ledger of ' || trust_account || ' has no entry of that amount within three days'
            || coalesce('. It may be ' || it_may_be, '') || '.'
    {%- endset %}
    when 'trust_money_unassigned' then {
        'subject_label': {{ kind }} || ' of ' || since_date,
        'clio_value': {{ kind }} || ' ' || {{ amount }} || ' on ' || since_date,
        'explanation': 'A ' || {{ the_entry }} || ' in ' || trust_account
            || coalesce(' (' || entry_description || ')', '') || ' belongs to no client and no matter.',
        'suggested_action': case
            when is_bank_charge
                then 'No client is to pay a bank''s charge, so assign it to none: restore it, as the row about'
                    || ' the charge says.'
            else 'Find out whose money it is, and assign it to that client and matter.'
        end
    }
    when 'trust_entry_other_client' then {
        'clio_value': {{ the_entry }},
        'xero_value': in_xero_in_words,
        'explanation': 'The ' || {{ the_entry }} || {{ whose }} || ' in ' || trust_account
            || ' stands in Xero under another client: ' || in_xero_in_words || '.',
        'suggested_action': 'Find out whose money it is. If it is one movement of money, correct the client where it is'
            || ' wrong. If they are two, each lacks its partner: the money of ' || client_names
            || ' in Xero, the other in Clio.'
    }
    when 'trust_offset_unconfirmed' then {
        'clio_value': {{ the_entry }},
        'explanation': 'The ' || {{ the_entry }} || {{ whose }}
            || ' and the ' || {{ movement_in_words('null', 'other_amount', 'other_date') }}
            || {{ whose_money('other_client_name', 'other_matter_number', 'other_description') }}
            || ' in ' || other_trust_account || ' are equal and opposite, and Xero has neither (entries '
            || other_entry || ' and ' || clio_entry || ' of Clio).',
        'suggested_action': 'Say once which it is: if the one undoes the other and no money moved at the bank, accept'
            || ' this row; if money moved, Xero lacks both entries.'
    }
    when 'trust_entry_duplicated' then {
        'clio_value': {{ the_entry }},
        'explanation': 'The ' || {{ the_entry }} || {{ whose }} || ' is entered twice in ' || trust_account
            || ': entries ' || other_entry || ' and ' || clio_entry
            || case when reason = 'both in Xero' then '; Xero has both as well' else '' end || '.',
        'suggested_action': case reason
            when 'both in Xero'
                then 'Look at the bank whether the money moved twice. If it did, accept this row. If it moved once, it'
                    || ' is one too many in both systems: correct both, never one alone.'
            when 'one in Xero'
                then 'Look at the bank whether the money moved once or twice. If once, delete entry ' || clio_entry
                    || ' in Clio: Xero has the money once. If twice, keep both, and post the second one in Xero.'
            else 'Look at the bank whether the money moved once or twice. If once, delete entry ' || clio_entry
                || ' in Clio. Each entry that is right is still to be posted in Xero, as its own row says.'
        end
    }
    when 'trust_entry_missing_in_xero' then {
        'subject_label': {{ kind }} || ' of ' || since_date,
        'clio_value': {{ kind }} || ' ' || {{ amount }} || ' on ' || since_date,
        'explanation': 'Clio''s ledger of ' || trust_account || ' has a ' || {{ the_entry }} || {{ whose }}
            || '; ' || xero_bank_label || ' in Xero has no entry of that amount within three days'
            || coalesce('. It may be ' || it_may_be, '') || '.',
        'suggested_action': coalesce(
            {{ look_first }} || 'Xero lacks an entry.',
            'Post in Xero: ' || {{ posting_to_be_typed() }}
        )
    }
    when 'trust_entry_missing_in_clio' then {
        'subject_label': {{ kind }} || ' of ' || since_date,
        'xero_value': {{ kind }} || ' ' || {{ money_text('entry_amount') }} || ' on ' || since_date,
        'explanation': {{ clio_lacks }},
        'suggested_action': coalesce(
            {{ look_first }} || 'Clio lacks an entry.',
            'Look at the bank whether the money moved. If it did, record it in Clio with its client and matter; if it'
            || ' did not, take it back in Xero.'
        )
    }
    when 'bank_charge_in_trust' then case reason
        when 'in Clio' then {
            'subject_label': {{ kind }} || ' of ' || since_date,
            'clio_value': {{ kind }} || ' ' || {{ amount }} || ' on ' || since_date,
            'explanation': 'A bank charge of ' || {{ amount }} || ' was taken from ' || trust_account || ' on '
                || since_date || coalesce(' (' || entry_description || ')', '') || ': clients'' money paid it.',
            'suggested_action': 'Unless it was restored already, restore ' || {{ amount }} || ' from the operating'
                || ' account, and have the bank charge that account.'
        }
        when 'on the way to Xero' then {
            'clio_value': {{ the_entry }},
            'xero_value': in_xero[1].entry_kind || ' ' || {{ money_text('in_xero[1].amount') }}
                || ' on ' || in_xero[1].entry_date,
            'explanation': 'The ' || {{ the_entry }} || {{ whose }} || ' arrived in ' || xero_bank_label
                || ' in Xero as ' || {{ money_text('in_xero[1].amount') }} || ' on ' || in_xero[1].entry_date
                || ': ' || {{ money_text('amount') }} || ' was taken out of clients'' money on the way.',
            'suggested_action': 'Unless it was restored already, restore ' || {{ money_text('amount') }} || ' from the'
                || ' operating account, and have the bank or the processor charge that account.'
        }
        when 'in Xero alone' then {
            'subject_label': {{ kind }} || ' of ' || since_date,
            'xero_value': {{ kind }} || ' ' || {{ money_text('entry_amount') }} || ' on ' || since_date,
            'explanation': 'A bank charge that clients'' money paid: ' || {{ clio_lacks }},
            'suggested_action': coalesce(
                {{ look_first }} || 'Clio lacks an entry.',
                'Unless it was restored already, restore ' || {{ amount }} || ' from the operating account, have the'
                || ' bank charge that account, and enter the charge and what restores it in Clio.'
            )
        }
    end
{%- endmacro %}

{#-
    An entry of Clio as it is to be typed in Xero: money received or spent on the bank account, or a manual journal
    where the account is no bank account, which takes neither.
-#}
{% macro posting_to_be_typed() -%}
    {%- set amount = money_text('abs(entry_amount)') -%}
    {%- set reference -%}
        coalesce(entry_description, case when entry_amount > 0 then 'Deposit' else 'Withdrawal' end)
    {%- endset -%}
    case
        when is_kept_by_journals
            then 'manual journal, ' || since_date
                || ', debit ' || case when entry_amount > 0 then xero_bank_label else xero_liability_label end
                || ' ' || {{ amount }}
                || ', credit ' || case when entry_amount > 0 then xero_liability_label else xero_bank_label end
                || ' ' || {{ amount }}
                || ', narration "' || concat_ws(', ', client_name, matter_number, {{ reference }}) || '".'
        else case when entry_amount > 0 then 'Receive money' else 'Spend money' end
            || ', ' || since_date || ', ' || xero_bank_label || ', contact ' || coalesce(client_name, 'the bank')
            || ', ' || case when entry_amount > 0 then '+' else '-' end || {{ amount }}
            || ', coded to ' || xero_liability_label || ', reference "' || {{ reference }} || '".'
    end
{%- endmacro %}

{#- One of the rows of Xero that are the partner of an entry. -#}
{% macro row_in_xero_in_words(row) -%}
    {{ movement_in_words(row ~ '.entry_kind', row ~ '.amount', row ~ '.entry_date') }}
    || coalesce(' with ' || {{ row }}.contact_name, '')
{%- endmacro %}

{#- What an entry that one side lacks may be there already. -#}
{% macro hint_in_words(hint) -%}
    case {{ hint }}.kind
        when 'entered twice'
            then 'entry ' || {{ hint }}.id || ' of the same day, client and amount in Clio, which Xero has'
        when 'document alone' then {{ document_alone_in_words(hint) }} || ' in Xero'
        else {{ movement_in_brief(hint ~ '.entry_kind', hint ~ '.amount') }}
            || ' of ' || {{ money_text('abs(' ~ hint ~ '.amount)') }}
            || case
                when {{ hint }}.entry_kind in ('transfer', 'payment', 'batch payment')
                    then {{ direction(hint ~ '.amount') }}
                else ''
            end
            || ' on ' || {{ hint }}.entry_date
            || case {{ hint }}.side
                when 'clio' then coalesce(' for ' || {{ hint }}.called, '') || ' in Clio'
                else coalesce(' with ' || {{ hint }}.called, '') || ' in Xero'
            end
    end
{%- endmacro %}
