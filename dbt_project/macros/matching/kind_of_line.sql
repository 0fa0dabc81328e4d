{#- Services or expenses: a bill tells each of the two in its own way. -#}
{% macro kind_of_line(line_kind) -%}
    case {{ line_kind }} when 'Service' then 'services' when 'Expense' then 'expenses' else 'others' end
{%- endmacro %}
