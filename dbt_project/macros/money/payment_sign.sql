{#- A payment of Xero on the account that it names, debits positive: money received is one, money paid out minus one. -#}
{% macro payment_sign(payment_type) -%}
    case
        when {{ payment_type }} in ('ACCRECPAYMENT', 'APCREDITPAYMENT', 'APPREPAYMENTPAYMENT', 'APOVERPAYMENTPAYMENT')
            then 1
        else -1
    end
{%- endmacro %}
