{#- What a payment or credit without partner may be. The columns are those of int_money_candidates. -#}
{% macro money_found_in_words() -%}
    case
        when thing_kind = 'bank money'
            then 'the ' || {{ money_text('thing_amount') }} || ' received on ' || thing_date
                || coalesce(' in ' || account, '')
                || coalesce(' from ' || contact_name, '')
                || coalesce(' (' || thing_number || ')', '')
        when thing_kind = 'transfer'
            then 'the transfer of ' || {{ money_text('thing_amount') }} || ' on ' || thing_date
                || ' from ' || from_account
                || coalesce(' to ' || account, '')
                || coalesce(' (' || thing_number || ')', '')
        when payment_kind is not null
            then 'the ' || payment_kind || ' of ' || {{ money_text('thing_amount') }}
                || ' of ' || thing_date
                || case when is_in_clio then ' on bill ' else ' on invoice ' end
                || coalesce(thing_number, 'without a number')
                || case when is_in_clio then ' in Clio' else '' end
        else 'the ' || thing_kind || coalesce(' ' || thing_number, '')
            || coalesce(' of ' || thing_date, '')
            || ' with ' || {{ money_text('thing_amount') }} || ' left'
    end
{%- endmacro %}
