{#-
    What a row is about, as one key: the kind of thing and its id in its own system. The only place that knows the
    prefixes; a kind that is not among them does not compile.
-#}
{% macro subject_key(kind, id) -%}
    {%- set kinds = [
        'clio', 'xero', 'clio-entry', 'xero-entry', 'clio-account', 'matter', 'client', 'xero-credit',
    ] -%}
    {%- if kind not in kinds -%}
        {{ exceptions.raise_compiler_error("A kind of subject was expected (" ~ kinds | join(", ") ~ "); found " ~ kind) }}
    {%- endif -%}
    '{{ kind }}:' || {{ id }}
{%- endmacro %}
