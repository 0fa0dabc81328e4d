-- The sums that hold, best first, no line in two of them; one row per line in a sum.
with recursive

choices as (

    select
        firm_id,
        bill_id,
        preference,
        members,
        members as lines_taken
    from {{ ref('int_line_sums') }}
    where preference = 1

    union all

    select
        firm_id,
        bill_id,
        preference,
        members,
        lines_taken
    from (
        select
            sums.firm_id,
            sums.bill_id,
            sums.preference,
            sums.members,
            list_concat(choices.lines_taken, sums.members) as lines_taken,
            row_number() over (partition by sums.firm_id, sums.bill_id order by sums.preference) as place
        from choices
        inner join {{ ref('int_line_sums') }} as sums
            on
                choices.firm_id = sums.firm_id
                and choices.bill_id = sums.bill_id
                and choices.preference < sums.preference
                and not list_has_any(choices.lines_taken, sums.members)
    ) as free_sums
    where place = 1

),

lines_in_sums as (

    select
        firm_id,
        bill_id,
        preference as group_number,
        unnest(members) as member
    from choices

)

select
    firm_id,
    bill_id,
    group_number,
    split_part(member, ' ', 1) as side,
    substr(member, 6) as line_key
from lines_in_sums
