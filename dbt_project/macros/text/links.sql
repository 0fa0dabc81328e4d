{#-
    Deep links into both systems; no link where a part of it is not known. The only place that knows the addresses.

    Neither system's API gives them out. Xero documents them for invoices, contacts and, by way of the organisation's
    login, for bank transactions; the account's transactions are what other programs open. That the login leads to a
    journal or an account as it does to a transaction is assumed. Clio documents none: bills, matters, contacts and the
    list of bank accounts are what other programs open, and no page of one account or entry is known.
-#}
{% macro clio_url(web_url, bill_id) -%}
    {{ clio_page(web_url, 'bills', bill_id) }}
{%- endmacro %}

{% macro clio_page(web_url, kind, id) -%}
    {{ web_url }} || '/nc/#/{{ kind }}/' || {{ id }}
{%- endmacro %}

{% macro clio_bank_accounts_url(web_url) -%}
    {{ web_url }} || '/nc/#/bank_accounts'
{%- endmacro %}

{% macro xero_url(short_code, invoice_id) -%}
    {{ xero_page(short_code, 'invoicing/view', invoice_id) }}
{%- endmacro %}

{% macro xero_page(short_code, place, id) -%}
    'https://go.xero.com/app/' || {{ short_code }} || '/{{ place }}/' || {{ id }}
{%- endmacro %}

{#- By way of the login, which opens the right one of several organisations. -#}
{% macro xero_page_by_login(short_code, place, id) -%}
    'https://go.xero.com/organisationlogin/default.aspx?shortcode=' || {{ short_code }}
    || '&redirecturl=/{{ place }}=' || {{ id }}
{%- endmacro %}

{% macro xero_bank_account_url(short_code, account_id) -%}
    {{ xero_page_by_login(short_code, 'Bank/BankTransactions.aspx?accountID', account_id) }}
{%- endmacro %}

{#- Of an entry on a bank account: its own page, where its kind has one that is known. -#}
{% macro xero_entry_url(short_code, entry_kind, entry_id) -%}
    case
        when {{ entry_kind }} in ('money received', 'money spent', 'bank transaction', 'payment')
            then {{ xero_page_by_login(short_code, 'Bank/ViewTransaction.aspx?bankTransactionID', entry_id) }}
        when {{ entry_kind }} = 'manual journal'
            then {{ xero_page_by_login(short_code, 'Journal/View.aspx?invoiceID', entry_id) }}
        when {{ entry_kind }} = 'invoice' then {{ xero_url(short_code, entry_id) }}
    end
{%- endmacro %}
