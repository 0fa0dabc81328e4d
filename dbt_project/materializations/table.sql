{#-
    A table is built by one statement, its description and those of its columns with it (persist_docs). The adapter's
    own way builds beside the old table and renames twice, for readers of a live warehouse, and asks for the columns
    before it describes them; a night's file has no readers until it is published whole, and over the project these
    statements are several seconds of a night. So are dbt's own statements around a transaction and its copy of what was
    run, which differs from the compiled model by three words. No other feature of the adapter's is used here: no hooks,
    grants or indexes.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}

    {%- set target_relation = this.incorporate(type='table') -%}

    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}

    {%- set built_and_described -%}
        begin;
        create or replace table {{ target_relation }} as (
            {{ sql }}
        );
        {% if config.persist_relation_docs() -%}
            {{ describe_table(target_relation, model.description) }}
        {%- endif %}
        {% if config.persist_column_docs() -%}
            {{ describe_columns(target_relation, model.columns.values()) }}
        {%- endif %}
        commit;
    {%- endset -%}

    {%- set response, no_rows = adapter.execute(built_and_described, auto_begin=false, fetch=false) -%}
    {%- do store_result('main', response=response, agate_table=no_rows) -%}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
