{#-
    A row means: these columns are no key of the table; the value is missing or stands on several rows. A key of a row
    that may lack one side may have empty columns, which are then named.
-#}
{% test is_key(model, columns, may_be_null=[]) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns if column not in may_be_null %}or {{ column }} is null
    {% endfor %}

{% endtest %}
