{#-
    What a person accepted and whose last day has not passed, by exception. Of several lines of the file about an
    exception the last one counts; a withdrawn one accepts nothing.
-#}
{% macro acceptances_in_force() -%}
    select
        lines.firm_id,
        lines.accepted_id as exception_id,
        lines.ar_effect_amount,
        coalesce(lines.clio_value, '') as clio_value,
        coalesce(lines.xero_value, '') as xero_value,
        lines.fingerprint
    from (
        select
            *,
            {{ exception_id_over_time('firm_id', 'exception_id', 'code', 'subject_key') }} as accepted_id
        from {{ ref('stg_evidence__acceptances') }}
        qualify row_number() over (partition by firm_id, accepted_id order by position desc) = 1
    ) as lines
    inner join {{ ref('int_tonight') }} as tonight
        on lines.firm_id = tonight.firm_id
    where lines.withdrawn_at is null and tonight.loaded_date <= lines.expiry_date
{%- endmacro %}
