{#- Deep links into both systems; no link where a part of it is not known. -#}
{% macro clio_url(web_url, bill_id) -%}
    {{ web_url }} || '/nc/#/bills/' || {{ bill_id }}
{%- endmacro %}

{% macro xero_url(short_code, invoice_id) -%}
    'https://go.xero.com/app/' || {{ short_code }} || '/invoicing/view/' || {{ invoice_id }}
{%- endmacro %}
