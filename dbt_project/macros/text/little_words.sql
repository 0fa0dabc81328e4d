{#- Words that every narrative has: that two texts share one of them says nothing. -#}
{% macro little_words() -%}
    ['the', 'and', 'for', 'with', 'from', 'regarding', 'about', 'that', 'this', 'per', 'our', 'client', 'matter']
{%- endmacro %}
