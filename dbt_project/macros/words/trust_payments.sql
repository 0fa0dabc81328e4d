{#- What int_trust_payment_findings found, in words: a `when` for each code, over its facts. -#}
{% macro words_of_trust_payments() %}
    when 'fee_taken_without_bill' then {
        'clio_value': 'paid ' || {{ money_text('payment_amount') }} || ' from trust on ' || since_date
            || case when reason = 'surplus' then ', ' || {{ money_text('amount') }} || ' too much' else '' end,
        'explanation': {{ money_text('abs(payment_amount)') }}
            || case when payment_amount < 0 then ' went back to trust on ' else ' was taken from trust on ' end
            || since_date || ' for bill ' || {{ bill_number_in_words('bill_number', 'bill_id') }}
            || coalesce(' of ' || client_name, '') || ', '
            || case reason
                when 'dead' then 'which is void, deleted or gone.'
                when 'unapproved' then 'which is not approved.'
                when 'early' then 'which was issued only on ' || issued_date || '.'
                else 'which still asked for ' || {{ money_text('still_asked_amount') }} || ' then.'
            end,
        'suggested_action': case
            when payment_amount < 0
                then 'Look what it gives back: if as much was taken for this bill before, both are done with; if not, '
                    || 'find out whose money it is.'
            when reason = 'surplus'
                then 'Return the surplus of ' || {{ money_text('amount') }}
                    || ' to trust, unless it went back already.'
            when reason = 'dead'
                then 'Return ' || {{ money_text('amount') }} || ' to trust, unless it went back already: there is no'
                    || ' bill that it pays.'
            when reason = 'unapproved'
                then 'Return ' || {{ money_text('amount') }} || ' to trust until the client has the bill, unless it'
                    || ' went back already.'
            else 'Fees may be taken only once the client has the bill: record why they were taken on ' || since_date
                || ', and return ' || {{ money_text('amount') }} || ' to trust unless the client has had the bill'
                || ' since ' || issued_date || '.'
        end
    }
    when 'trust_receipt_in_operating' then {
        'clio_value': {{ money_text('payment_amount') }} || ' into ' || coalesce(into_account, 'an operating account')
            || ' on ' || since_date,
        'explanation': 'Trust request ' || coalesce(bill_number, '(id ' || bill_id || ')')
            || coalesce(' of ' || client_name, '')
            || case when payment_amount < 0 then ' was paid back ' else ' was paid with ' end
            || {{ money_text('abs(payment_amount)') }} || ' on ' || since_date
            || case when payment_amount < 0 then ' out of ' else ' into ' end
            || coalesce(into_account, 'an operating account') || ', which is not a trust account.',
        'suggested_action': case
            when payment_amount < 0
                then 'Look what it gives back: if it is a payment of this request, both are done with; if not, find '
                    || 'out whose money it is.'
            else 'Move the ' || {{ money_text('payment_amount') }} || ' from '
                || coalesce(into_account, 'an operating account')
                || ' to the trust account, and correct the payment in Clio.'
        end
    }
{%- endmacro %}
