{#-
    A table is built by one statement. The adapter's own way builds beside the old table and renames twice, for readers
    of a live warehouse; a night's file has no readers until it is published whole, and each statement saved is a tenth
    of a second over the project.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}

    {%- set target_relation = this.incorporate(type='table') -%}

    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}

    {% call statement('main') -%}
        create or replace table {{ target_relation }} as (
            {{ sql }}
        )
    {%- endcall %}

    {% do adapter.commit() %}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
