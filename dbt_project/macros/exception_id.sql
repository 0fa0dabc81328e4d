{#-
    The same fault on the same documents has the same id every night: firm, code, subject and, where there is one, the
    payment, entry or second document. A draft of an approved bill is one fault, whether it is ready or was edited.
-#}
{% macro exception_id(firm_id, code, subject_key, detail_key) -%}
    left(
        md5(
            {{ firm_id }} || '|' || {{ code_over_time(code) }} || '|' || {{ subject_key }} || '|'
            || coalesce({{ detail_key }}, '')
        ),
        12
    )
{%- endmacro %}

{#- The code by which a fault is known over time; of a draft also before anybody asked whether it is ready. -#}
{% macro code_over_time(code) -%}
    case
        when {{ code }} in ('stuck_in_draft', 'stuck_in_draft_ready') then 'stuck_in_draft_edited' else {{ code }}
    end
{%- endmacro %}

{#- The id that a fault has today, which an earlier version may have known under the code of that night alone. -#}
{% macro exception_id_over_time(firm_id, known_id, code, subject_key) -%}
    case {{ code }}
        when 'stuck_in_draft_ready' then {{ exception_id(firm_id, code, subject_key, 'null') }}
        else {{ known_id }}
    end
{%- endmacro %}
