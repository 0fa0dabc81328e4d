{#- What int_trust_pocket_findings found, in words: a `when` for each code, over its facts. -#}
{% macro words_of_trust_pockets() %}
    when 'client_ledger_negative' then {
        'clio_value': 'first below zero on ' || since_date || ', lowest ' || {{ money_text('lowest_amount') }}
            || ' on ' || lowest_date
            -- What was accepted once is no answer to the next time.
            || case when fall_count > 1 then ', ' || fall_count || ' times, the last on ' || last_fall_date else '' end
            || coalesce(', recovered on ' || recovered_date, ''),
        'explanation': 'The trust money of ' || coalesce(client_name, 'a client')
            || coalesce(', matter ' || matter_number, '') || ' was below zero at the end of ' || since_date || ' in '
            || trust_account || '; its lowest was ' || {{ money_text('lowest_amount') }} || ' on ' || lowest_date
            || case
                when fall_count > 1
                    then ', and it fell below zero ' || fall_count || ' times, the last on ' || last_fall_date
                else ''
            end
            || coalesce('. It has recovered on ' || recovered_date, '. It has not recovered')
            || ': it stands at ' || {{ money_text('balance_amount') }} || '.',
        'suggested_action': case
            when recovered_date is not null
                then 'Other clients'' money covered up to ' || {{ money_text('abs(lowest_amount)') }}
                    || ' of it: find out why, and write down the cause and the day it was restored.'
            else 'Other clients'' money covers it: restore the ' || {{ money_text('abs(balance_amount)') }} || ' today.'
        end
    }
    when 'trust_balance_stale' then {
        'clio_value': 'holds ' || {{ money_text('amount') }} || ', '
            || case when is_closed then 'closed' else 'last touched ' || since_date end,
        'explanation': 'Matter ' || matter_number || coalesce(' of ' || client_name, '') || ' holds '
            || {{ money_text('amount') }} || ' in trust although it '
            || case when is_closed then 'is closed' else 'was last touched on ' || since_date end || '.',
        'suggested_action': 'Return the ' || {{ money_text('amount') }}
            || ' to the client, or apply it to what the client owes.'
    }
    when 'earned_fees_left_in_trust' then {
        'clio_value': 'due ' || since_date || ', balance ' || {{ money_text('balance_amount') }}
            || ', held ' || {{ money_text('held_amount') }}
            || case
                when is_shared_with_older_bills then ', of which for this bill ' || {{ money_text('amount') }}
                else ''
            end,
        'explanation': 'Bill ' || {{ bill_number_in_words('bill_number', 'bill_id') }}
            || ' of ' || coalesce(client_name, 'no client') || ' was due on ' || since_date || ' and '
            || {{ money_text('balance_amount') }} || ' is unpaid, while matter ' || matter_number || ' holds '
            || {{ money_text('held_amount') }} || ' in trust'
            || case
                when is_shared_with_older_bills
                    then ', of which ' || {{ money_text('amount') }} || ' is left when older bills are paid'
                else ''
            end || '.',
        'suggested_action': 'Pay ' || {{ money_text('amount') }}
            || ' of the bill from trust, or note why the money must stay.'
    }
{%- endmacro %}
