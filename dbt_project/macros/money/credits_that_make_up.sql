{#-
    Bills whose difference from their invoice is made up for by credits that one side alone has: cut in Clio and
    credited in Xero, or the other way round. Both ask for the same, and either row, followed by itself, would grant
    it twice. One row per firm and bill, with the size and the system that has the credit.
-#}
{% macro credits_that_make_up() -%}
    select
        differences.firm_id,
        differences.bill_id,
        cast(abs(differences.amount) as decimal(18, 2)) as amount,
        case when credits.are_in_clio then 'Clio' else 'Xero' end as credited_in
    from (
        select
            firm_id,
            bill_id,
            sum(ar_effect_amount) as amount
        from {{ ref('int_contents_at_odds') }}
        where code in ('discount_lost', 'amounts_differ', 'tax_differs', 'rounding')
        group by firm_id, bill_id
    ) as differences
    inner join (
        select
            firm_id,
            bill_id,
            sum(ar_effect_amount) as amount,
            bool_and(clio_amount is not null) as are_in_clio
        from {{ ref('int_payments_at_odds') }}
        where code = 'credit_one_side'
        group by firm_id, bill_id
        having bool_and(clio_amount is not null) or bool_and(xero_amount is not null)
    ) as credits
        on differences.firm_id = credits.firm_id and differences.bill_id = credits.bill_id
    where differences.amount <> 0 and differences.amount + credits.amount = 0
{%- endmacro %}
