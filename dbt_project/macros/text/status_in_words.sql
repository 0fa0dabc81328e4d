{#-
    The state of a bill, or the status of an invoice or credit note, as a bookkeeper says it: in_brief among other things,
    said after "is", or as the label that stands by itself. One that is not said costs no sentence.
-#}
{% macro status_in_words(status, form='in_brief') -%}
    coalesce(
        (select states.{{ form }} from {{ ref('document_states') }} as states where states.state = {{ status }}),
        lower(replace({{ status }}, '_', ' ')),
        'of unknown status'
    )
{%- endmacro %}
