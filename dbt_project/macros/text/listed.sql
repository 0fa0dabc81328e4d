{#-
    A list of texts as one: as many as fit into so many characters, then "and N more", set off as they are. The first is
    always there, cut if it alone is too long. An empty list is null.
-#}
{% macro listed(items, separator="; ", budget=600) -%}
    {%- set last_words = separator ~ 'and ' if separator == '; ' else ' and ' -%}
    case
        when len({{ items }}) = 0 then null
        else
            array_to_string({{ items_that_fit(items, budget) }}, '{{ separator }}')
            || case
                when len({{ items }}) > len({{ items_that_fit(items, budget) }})
                    then '{{ last_words }}' || (len({{ items }}) - len({{ items_that_fit(items, budget) }})) || ' more'
                else ''
            end
    end
{%- endmacro %}

{#- The first texts of a list that fit together, the first one always. No more than forty are looked at. -#}
{% macro items_that_fit(items, budget) -%}
    list_filter(
        list_transform({{ items }}[1:40], lambda item: {{ at_most('item', budget) }}),
        lambda item, place: place = 1
        or list_sum(list_transform({{ items }}[1:place], lambda before: length(before) + 2)) <= {{ budget }}
    )
{%- endmacro %}
