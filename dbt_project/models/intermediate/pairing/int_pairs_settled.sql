-- Which invoice is which bill, settled step by step, before a live invoice takes the place of a draft. First what a
-- person's word and the numbers settle, the living and the dead. Then, by client, date and total, bills that live, those
-- that vanished, then dead ones, with dead invoices and after that with invoices that still stand. Last, bills that live
-- and found no living invoice take a dead one: of their number, then of their client, date and total. A bill whose
-- partner is a credit note looks for no invoice.
{%- set last_by_number = settling_steps_before_dates() | length %}
{%- set last_of_all = settling_steps() | length %}
{%- set rounds_before_the_dead = [
    ('the_living', false, false), ('the_vanished', 'vanished', false), ('the_dead', true, true),
    ('the_dead_that_stand', true, false)
] %}
{%- set rounds_with_the_dead = [('the_bereft', false, true), ('the_vanished_and_the_dead', 'vanished', true)] %}
with

bills_that_are_credit_notes as (

    select
        firm_id,
        bill_id,
        invoice_id,
        'credit_note' as match_rule
    from {{ ref('int_credit_notes') }}
    where bill_id is not null

),

{{ settle_step_by_step(1, last_by_number, 'bills_that_are_credit_notes') }},

settled_by_number as (

    select * from bills_that_are_credit_notes
    union all
    select * from settled_by_step_{{ last_by_number }}

),

{{ pair_by_date_and_total_in_rounds(rounds_before_the_dead, 'settled_by_number') }},

settled_among_the_living as (

    select * from settled_after_{{ rounds_before_the_dead[-1][0] }}

),

{{ settle_step_by_step(last_by_number + 1, last_of_all, 'settled_among_the_living') }},

settled_with_the_dead as (

    select * from settled_among_the_living
    union all
    select * from settled_by_step_{{ last_of_all }}

),

{{ pair_by_date_and_total_in_rounds(rounds_with_the_dead, 'settled_with_the_dead') }}

select *
from settled_after_{{ rounds_with_the_dead[-1][0] }}
where match_rule <> 'credit_note'
