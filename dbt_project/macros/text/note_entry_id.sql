{#- The use of a credit note as it stands on the note itself, beside the same use on the invoice. -#}
{% macro note_entry_id(entry_id) -%}
    'note ' || {{ entry_id }}
{%- endmacro %}
