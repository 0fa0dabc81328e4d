-- The likely causes of each missing bill and their cures, each in one sentence; the same words only once.
with

{% for words in ['cause', 'cure'] %}
    {{ words }}s_of_each_bill as (

        select
            firm_id,
            bill_id,
            {{ listed(
                'list(' ~ words ~ ' order by cause_order, ' ~ words ~ ')', '; ' if words == 'cause' else '. ', 400
            ) }}
                as {{ words }}s
        from (
            select
                firm_id,
                bill_id,
                {{ words }},
                min(cause_order) as cause_order
            from {{ ref('int_missing_causes') }}
            group by firm_id, bill_id, {{ words }}
        ) as {{ words }}s_once
        group by firm_id, bill_id

    ){{ "," if not loop.last }}
{% endfor %}

select
    causes.firm_id,
    causes.bill_id,
    causes.causes,
    cures.cures
from causes_of_each_bill as causes
inner join cures_of_each_bill as cures
    on causes.firm_id = cures.firm_id and causes.bill_id = cures.bill_id
