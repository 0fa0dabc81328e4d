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

{#- The same for what the loader wrote, all in one go after the last model; what a table says of itself already is not
    said again. -#}
{% macro describe_sources() -%}
{% if execute -%}
{% set there = run_query(
    "select schema_name || '.' || table_name as place, '' as column_name, comment from duckdb_tables() union all "
    "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() where not internal"
).rows -%}
{% set said = {} -%}
{% for table, column, comment in there %}{% do said.setdefault(table, {}).update({column: comment}) %}{% endfor -%}
{% for source in graph.sources.values() -%}
{% set name = source.schema ~ '.' ~ source.identifier -%}
{% set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier) -%}
{% set unsaid = [] -%}
{% for column in source.columns.values() if column.name in said.get(name, {}) -%}
{% if said[name][column.name] != column.description %}{% do unsaid.append(column) %}{% endif -%}
{% endfor -%}
{% if unsaid or (name in said and said[name][''] != source.description) -%}
{{ describe_table(relation, source.description) }}
{{ describe_columns(relation, unsaid) }}
{%- endif %}
{% endfor %}
{%- endif %}
{%- endmacro %}
