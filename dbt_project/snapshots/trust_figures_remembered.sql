-- The figures of trust accounts that a night has and another may lack, from the first night that had each.
{% snapshot trust_figures_remembered %}

{{ config(
    group='trust',
    unique_key=['firm_id', 'bank_account_id', 'figure'],
    strategy='check',
    check_cols=['figure'],
    updated_at='seen_at',
    meta={'keys': [['firm_id', 'bank_account_id', 'figure']]}
) }}

{%- set figures = [
    ('bank account in Xero', 'bank_amount'), ('liability account in Xero', 'liability_amount'),
    ('bank statement', 'statement_amount'),
] %}

{% for figure, amount in figures %}
    select
        figures.firm_id,
        figures.bank_account_id,
        '{{ figure }}' as figure,
        tonight.started_at as seen_at
    from {{ ref('int_trust_figures') }} as figures
    inner join {{ ref('int_tonight') }} as tonight
        on figures.firm_id = tonight.firm_id
    where figures.{{ amount }} is not null and not tonight.is_rebuilt
    {{ 'union all' if not loop.last }}
{% endfor %}

{% endsnapshot %}
