-- A row means: the columns that a model, seed or snapshot declares as its key (`meta.keys`, beside its grain) are none:
-- a value is missing, or stands on several rows. The next step trusts the grain; what would be lost or doubled there
-- shows here. One test for all tables, because each test of its own costs as much time as the query.
-- Looks when all is built: {{ ref('matched_bills') }} {{ ref('line_diffs') }} {{ ref('matched_payments') }}
-- {{ ref('exceptions') }} {{ ref('exception_history') }} {{ ref('ar_tie_out') }} {{ ref('ar_tie_out_by_client') }}
-- {{ ref('run_statements') }} {{ ref('trust_tie_out') }} {{ ref('trust_ledger') }} {{ ref('assumptions') }}
-- {{ ref('trust_outstanding_items') }} {{ ref('worklist') }}
{%- set checks = [] %}
{%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed', 'snapshot') %}
    {%- for columns in node.config.meta.get('keys', []) %}
        {%- do checks.append((node, columns, node.config.meta.get('empty_in_keys', []))) %}
    {%- endfor %}
{%- endfor %}

{% for node, columns, may_be_empty in checks %}
    select
        '{{ node.name }}' as table_name,
        '{{ columns | join(", ") }}' as key_columns,
        count(*) as bad_key_count
    from (
        select count(*) as row_count
        from {{ node.relation_name }}
        group by {{ columns | join(', ') }}
        having
            count(*) > 1
            {% for column in columns if column not in may_be_empty %}
                or {{ column }} is null
            {% endfor %}
    ) as bad_keys
    having count(*) > 0
    {{ 'union all' if not loop.last }}
{% else %}
    select 'no table declares a key' as table_name
{% endfor %}
