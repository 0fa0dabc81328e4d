{#-
    Pairs of equal client, date and total between two sets of documents, where each is the other's only candidate; a
    bill that has live candidates looks at no draft. `bills` has firm_id, bill_id, client_id, issued_date, totals and
    currency_code; `invoices` has firm_id, invoice_id, contact_id, issued_date, total_amount, currency_code and
    invoice_class. Candidates are counted by group, never listed: one client may have thousands of bills of one date and
    total. The last of the CTEs is pairs_by_date_and_total_<round>.
-#}
{% macro pair_by_date_and_total(bills, invoices, round) -%}
    bills_under_their_totals_{{ round }} as (

        select
            bills.firm_id,
            bills.bill_id,
            ties.contact_id,
            bills.issued_date,
            unnest(bills.totals) as total_amount,
            bills.currency_code
        from {{ bills }} as bills
        inner join {{ ref('int_client_contacts') }} as ties
            on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id and ties.relation = 'same'

    ),

    groups_of_invoices_{{ round }} as (

        select
            firm_id,
            contact_id,
            issued_date,
            total_amount,
            currency_code,
            case invoice_class when 'draft' then 2 else 1 end as class_rank,
            count(*) as invoice_count
        from {{ invoices }}
        group by all

    ),

    bills_with_their_groups_{{ round }} as (

        select
            bills.*,
            groups.currency_code as invoice_currency_code,
            groups.class_rank,
            groups.invoice_count
        from bills_under_their_totals_{{ round }} as bills
        inner join groups_of_invoices_{{ round }} as groups
            on
                bills.firm_id = groups.firm_id
                and bills.contact_id = groups.contact_id
                and bills.issued_date = groups.issued_date
                and bills.total_amount = groups.total_amount
                and {{ same_currency('bills.currency_code', 'groups.currency_code') }}
        qualify
            groups.class_rank = min(groups.class_rank) over (partition by bills.firm_id, bills.bill_id)

    ),

    wishes_counted_{{ round }} as (

        select
            *,
            sum(invoice_count) over (partition by firm_id, bill_id) as invoices_for_the_bill,
            count(*) over (
                partition by
                    firm_id, contact_id, issued_date, total_amount, invoice_currency_code, class_rank
            ) as bills_for_the_invoices
        from bills_with_their_groups_{{ round }}

    ),

    pairs_by_date_and_total_{{ round }} as (

        select
            wishes.firm_id,
            wishes.bill_id,
            invoices.invoice_id,
            'client_date_total' as match_rule
        from wishes_counted_{{ round }} as wishes
        inner join {{ invoices }} as invoices
            on
                wishes.firm_id = invoices.firm_id
                and wishes.contact_id = invoices.contact_id
                and wishes.issued_date = invoices.issued_date
                and wishes.total_amount = invoices.total_amount
                and wishes.invoice_currency_code is not distinct from invoices.currency_code
                and wishes.class_rank = case invoices.invoice_class when 'draft' then 2 else 1 end
        where wishes.invoices_for_the_bill = 1 and wishes.bills_for_the_invoices = 1

    )
{%- endmacro %}


{#-
    Round by round (name, is the bill dead, is the invoice dead): the documents of a class that are not settled yet,
    paired by client, date and total. The last of the CTEs, settled_after_<last round>, holds `settled_before` too.
-#}
{% macro pair_by_date_and_total_in_rounds(rounds, settled_before) -%}
    {%- for round, bill_is_dead, invoice_is_dead in rounds %}
        {%- set settled = settled_before if loop.first else 'settled_after_' ~ rounds[loop.index0 - 1][0] %}
        bills_of_{{ round }} as (

            select bills.*
            from {{ ref('int_bills_valued') }} as bills
            left join {{ settled }} as settled
                on bills.firm_id = settled.firm_id and bills.bill_id = settled.bill_id
            where settled.bill_id is null and {{ bill_is('bills', bill_is_dead) }}

        ),

        invoices_of_{{ round }} as (

            select invoices.*
            from {{ ref('int_sales_invoices') }} as invoices
            left join {{ settled }} as settled
                on invoices.firm_id = settled.firm_id and invoices.invoice_id = settled.invoice_id
            where
                settled.invoice_id is null
                and invoices.may_be_a_bill
                and (invoices.invoice_class = 'dead') = {{ invoice_is_dead | lower }}

        ),

        {{ pair_by_date_and_total('bills_of_' ~ round, 'invoices_of_' ~ round, round) }},

        settled_after_{{ round }} as (

            select * from {{ settled }}
            union all
            select * from pairs_by_date_and_total_{{ round }}

        ){{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}
