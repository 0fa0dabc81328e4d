{#-
    The same fault on the same documents has the same id every night: firm, code, subject and, where there is one, the
    payment, entry or second document.
-#}
{% macro exception_id(firm_id, code, subject_key, detail_key) -%}
    left(
        md5(
            {{ firm_id }} || '|' || {{ code }} || '|' || {{ subject_key }} || '|' || coalesce({{ detail_key }}, '')
        ),
        12
    )
{%- endmacro %}
