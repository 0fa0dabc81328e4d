{#- The status of an invoice as a bookkeeper says it: in a list, and after "is". -#}
{% macro status_in_words(status, said=false) -%}
    case {{ status }}
        when 'AUTHORISED' then '{{ "approved (awaiting payment)" if said else "awaiting payment" }}'
        when 'SUBMITTED' then '{{ "a draft (awaiting approval)" if said else "awaiting approval" }}'
        {%- if said %}
            when 'DRAFT' then 'a draft'
        {%- endif %}
        else lower({{ status }})
    end
{%- endmacro %}
