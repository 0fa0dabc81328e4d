{#-
    Whether an entry of Xero names the client of an entry of Clio: by a contact that is tied to that client, or by the
    client's name in its words.
-#}
{% macro names_the_client(clio, xero) -%}
    (
        coalesce(list_contains({{ xero }}.client_ids, {{ clio }}.client_id), false)
        or coalesce(
            contains(' ' || {{ xero }}.words_key || ' ', ' ' || {{ clio }}.client_name_key || ' '), false
        )
    )
{%- endmacro %}

{#-
    Whether both name a client and not the same one. A contact that is tied to no client of ours names nobody.
-#}
{% macro names_another_client(clio, xero) -%}
    (
        {{ clio }}.client_id is not null
        and {{ xero }}.client_ids is not null
        and not {{ names_the_client(clio, xero) }}
    )
{%- endmacro %}
