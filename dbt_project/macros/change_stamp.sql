{#-
    When a record last changed, as far as its stamp can be believed. A stamp half a day ahead of the reading is some
    clock's fault: it says nothing, and must not hide the stamp of another record that did change.
-#}
{% macro change_stamp(stamp) -%}
    case when {{ stamp }} > loaded_at + interval 12 hour then null else {{ stamp }} end
{%- endmacro %}
