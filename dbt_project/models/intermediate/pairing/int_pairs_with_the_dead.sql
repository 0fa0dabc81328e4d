-- Bills that live and found no living invoice, with a dead one of their number.
{%- set first = settling_steps_before_dates() | length + 1 %}
{%- set last = first + settling_steps_after_dates() | length - 1 %}
with

settled_among_the_living as (

    select * from {{ ref('int_pairs_by_number') }}
    union all
    select * from {{ ref('int_pairs_by_date') }}

),

{{ settle_step_by_step(first, last, 'settled_among_the_living') }}

select * from settled_by_step_{{ last }}
