{#-
    What is built anew from nothing is dropped before the build, so that the new rows take the old ones' room and the
    file does not hold both; so is what an earlier version of this project built and this one does not know. The marts
    stay until they are replaced, and so does what remembers earlier nights (snapshots, seeds).
-#}
{% macro make_room() %}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set known = {} -%}
        {%- for node in graph.nodes.values() if node.schema in ('staging', 'intermediate') -%}
            {%- set is_built_anew = node.config.materialized == 'table' and node.unique_id in selected_resources -%}
            {%- do known.update({(node.schema, node.alias): not is_built_anew}) -%}
        {%- endfor -%}
        {%- set there = run_query(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('staging', 'intermediate')"
        ) -%}
        {%- for schema, table in there.rows if not known.get((schema, table)) %}
            drop table {{ adapter.quote(schema) }}.{{ adapter.quote(table) }};
        {%- endfor %}
        checkpoint;
    {%- endif -%}
{% endmacro %}
