{#- Money that came into a trust account or left it, as Xero calls its kind, else as a bookkeeper does. -#}
{% macro movement_in_brief(entry_kind, amount) -%}
    coalesce({{ entry_kind }}, case when {{ amount }} > 0 then 'deposit' else 'withdrawal' end)
{%- endmacro %}

{% macro movement_in_words(entry_kind, amount, day) -%}
    {{ movement_in_brief(entry_kind, amount) }}
    || ' of ' || {{ money_text('abs(' ~ amount ~ ')') }} || ' on ' || {{ day }}
{%- endmacro %}

{% macro direction(amount) -%}
    case when {{ amount }} > 0 then ' in' else ' out' end
{%- endmacro %}

{#- After it: whose money Clio says it is, and what was written beside it. -#}
{% macro whose_money(client_name, matter_number, description) -%}
    coalesce(' for ' || {{ client_name }}, '')
    || coalesce(', matter ' || {{ matter_number }}, '')
    || coalesce(' (' || {{ description }} || ')', '')
{%- endmacro %}
