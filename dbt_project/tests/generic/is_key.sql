{#- A row means: these columns are no key of the table; the value is missing or stands on several rows. -#}
{% test is_key(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns %}or {{ column }} is null
    {% endfor %}

{% endtest %}
