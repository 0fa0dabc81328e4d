{#-
    Entries of one book in pairs of opposite amounts, the withdrawal with the deposit: as many as possible within so
    many days, then by `costs`. `terms` is what else the two (`outs` and `ins`) have to agree in. Gives firm_id, out_id,
    in_id, and whether the later of the two, by its number, is the withdrawal.
-#}
{% macro pair_opposites(entries, days, terms, costs=['days_apart']) -%}
with

opposites_that_may_be_pairs as (

    select
        outs.firm_id,
        outs.bank_transaction_id as out_id,
        ins.bank_transaction_id as in_id,
        outs.entry_date as out_date,
        outs.entry_number as out_number,
        ins.entry_date as in_date,
        ins.entry_number as in_number,
        {{ days_apart('outs.entry_date', 'ins.entry_date') }} as days_apart,
        coalesce(outs.client_id = ins.client_id, false) as is_same_client
    from {{ entries }} as outs
    inner join {{ entries }} as ins
        on
            outs.firm_id = ins.firm_id
            and outs.signed_amount = -ins.signed_amount
            and ins.entry_date between outs.entry_date - {{ days }} and outs.entry_date + {{ days }}
            {%- for term in terms %}
                and {{ term }}
            {%- endfor %}
    where outs.signed_amount < 0

),

pairs_of_opposites as (

    {{ choose_partners(
        'opposites_that_may_be_pairs',
        within=['firm_id'],
        left_order=['out_date', 'out_number', 'out_id'],
        right_order=['in_date', 'in_number', 'in_id'],
        costs=costs,
    ) }}

)

select
    firm_id,
    out_id,
    in_id,
    out_number > in_number or (out_number = in_number and out_id > in_id) as is_out_later
from pairs_of_opposites
{%- endmacro %}
