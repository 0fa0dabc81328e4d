{#- What a table is, kept in the file beside it: any client shows it. -#}
{% macro describe_table(relation, description) -%}
{% if description -%}
comment on table {{ relation }} is {{ duckdb_escape_comment(description) }};
{%- endif %}
{%- endmacro %}

{#- What each described column of a table is. -#}
{% macro describe_columns(relation, columns) -%}
{% for column in columns.values() if column.description %}
comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
{%- endfor %}
{%- endmacro %}

{#- The same for the tables that the loader writes, all in one go after the last model. -#}
{% macro describe_sources() -%}
{% if execute -%}
{% for source in graph.sources.values() -%}
{% set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier) -%}
{{ describe_table(relation, source.description) }}
{{ describe_columns(relation, source.columns) }}
{% endfor %}
{%- endif %}
{%- endmacro %}
