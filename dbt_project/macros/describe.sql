{#- What a table is, kept in the file beside it: any client shows it. -#}
{% macro describe_table(relation, description) -%}
{% if description -%}
comment on table {{ relation }} is {{ duckdb_escape_comment(description) }};
{%- endif %}
{%- endmacro %}

{#- What each described column of a table is. -#}
{% macro describe_columns(relation, columns) -%}
{% for column in columns if column.description %}
comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
{%- endfor %}
{%- endmacro %}

{#- The same for what the loader wrote, as far as it is there, all in one go after the last model. -#}
{% macro describe_sources() -%}
{% if execute -%}
{% set there = run_query(
    "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() where not internal group by all"
).rows -%}
{% set columns_of = {} -%}
{% for table, columns in there %}{% do columns_of.update({table: columns}) %}{% endfor -%}
{% for source in graph.sources.values() -%}
{% set name = source.schema ~ '.' ~ source.identifier -%}
{% if name in columns_of -%}
{% set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier) -%}
{{ describe_table(relation, source.description) }}
{{ describe_columns(relation, source.columns.values() | selectattr('name', 'in', columns_of[name])) }}
{%- endif %}
{% endfor %}
{%- endif %}
{%- endmacro %}
