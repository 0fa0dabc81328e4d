-- What a person's word and the numbers settle, the living and the dead.
{%- set last = settling_steps_before_dates() | length %}
with

{{ settle_step_by_step(1, last) }}

select * from settled_by_step_{{ last }}
