{#-
    Money beyond that of one pair: credit that no invoice has used, card payments that have not settled, an account that
    card receipts go through, and totals that their own documents do not add up to.
-#}
{% macro money_in_clio() -%}
    case code
        when 'card_payment_pending' then {{ money_text('pending_amount') }} || ' pending'
        when 'systemic_cause' then 'not mapped'
        when 'clio_control_differs'
            then 'bills ' || {{ money_text('documents_amount') }}
                || ', outstanding balances ' || {{ money_text('control_amount') }}
    end
{%- endmacro %}

{% macro money_in_xero() -%}
    case code
        when 'unapplied_credit' then {{ money_text('remaining_amount') }} || ' remaining'
        when 'systemic_cause' then account
        when 'subledger_differs_from_control'
            then 'invoices minus credit ' || {{ money_text('documents_amount') }}
                || ', receivables account ' || {{ money_text('control_amount') }}
    end
{%- endmacro %}

{% macro money_explained() -%}
    case code
        when 'unapplied_credit'
            then 'The ' || credit_kind || coalesce(' ' || credit_number, '')
                || ' of ' || coalesce(contact_name, 'no contact')
                || ' of ' || coalesce(cast(since_date as varchar), 'no date')
                || ' has ' || {{ money_text('remaining_amount') }} || ' left in Xero that no invoice has used.'
                || case
                    when is_in_receivables then ''
                    else ' It is no part of the receivables account, which agrees without such prepayments.'
                end
                || coalesce(' It may be the money of ' || lacking || '.', '')
        when 'card_payment_pending'
            then 'Bill ' || coalesce(bill_number, 'without a number')
                || ' for ' || coalesce(bill_client_name, 'no client')
                || ' has a card payment of ' || {{ money_text('pending_amount') }}
                || ' in Clio that the processor has not settled.'
        when 'systemic_cause'
            then payment_count || ' payments of ' || {{ money_text('booked_amount') }} || ' that Clio has in '
                || array_to_string(clio_accounts, ', ') || ' were booked to ' || account
                || ' in Xero, which no mapping names.'
        when 'clio_control_differs'
            then 'Clio''s outstanding client balances are ' || {{ money_text('control_amount') }}
                || ', while its bills have ' || {{ money_text('documents_amount') }} || ' to pay.'
        when 'subledger_differs_from_control'
            then 'The receivables account in Xero stands at ' || {{ money_text('control_amount') }}
                || ', while its invoices minus unused credit come to ' || {{ money_text('documents_amount') }} || '.'
    end
{%- endmacro %}

{% macro money_action() -%}
    case code
        when 'unapplied_credit'
            then coalesce(
                'Apply it to ' || lacking || ', if it is that money.', 'Apply it to an invoice, or pay it back.'
            )
        when 'card_payment_pending' then 'Wait for the processor.'
        when 'systemic_cause'
            then 'If card receipts go through ' || account || ', map it: in tieout.toml, under operating_accounts,'
                || ' write xero_bank_accounts = ["' || array_to_string(xero_accounts, '", "') || '", "'
                || account_to_name || '"] in place of xero_bank_account. If not, these payments belong in the account'
                || ' that is mapped.'
        when 'clio_control_differs' then 'Compare the balances by client in Clio with the bills there.'
        when 'subledger_differs_from_control'
            then 'Look for journals and bank entries that were booked straight to the receivables account in Xero.'
    end
{%- endmacro %}
