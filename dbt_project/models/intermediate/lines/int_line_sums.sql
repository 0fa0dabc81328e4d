-- What is still not equal in amount: one line of one side that is the sum of two to four of the other, of which one at
-- least is like it in text. A line that already has a partner of another amount brings it along: together with lines
-- that are left it may be its sum. Of many ways to the same sum the first are looked at, lines that stand together and
-- near the line before others. Looked for among at most 200 lines left on a side, 60 for sums of four.
{% set most_left = {1: 200, 2: 200, 3: 60} %}
{% set most_ways = 40 %}

with

lines_that_are_left as (

    {{ lines_left(['int_lines_paired']) }}

),

lines_placed as (

    select
        *,
        side || ' ' || line_key as member,
        row_number() over (partition by firm_id, bill_id, side order by line_position, line_key) as place,
        count(*) over (partition by firm_id, bill_id, side) as left_count
    from lines_that_are_left
    where compared_amount <> 0

),

{% for size in [1, 2, 3] %}
    sets_of_{{ size }} as (

        {% if size == 1 -%}
            select
                firm_id,
                bill_id,
                side,
                1 as set_size,
                [place] as places,
                [member] as members,
                compared_amount as amount
            from lines_placed
            where left_count <= {{ most_left[1] }}
        {%- else -%}
            select
                sets.firm_id,
                sets.bill_id,
                sets.side,
                {{ size }} as set_size,
                list_append(sets.places, lines.place) as places,
                list_append(sets.members, lines.member) as members,
                cast(sets.amount + lines.compared_amount as decimal(18, 2)) as amount
            from sets_of_{{ size - 1 }} as sets
            inner join lines_placed as lines
                on
                    sets.firm_id = lines.firm_id
                    and sets.bill_id = lines.bill_id
                    and sets.side = lines.side
                    and sets.places[-1] < lines.place
            where lines.left_count <= {{ most_left[size] }}
        {%- endif %}

    ),
{% endfor %}

sets_of_lines as (

    select * from sets_of_1
    union all
    select * from sets_of_2
    union all
    select * from sets_of_3

),

sums_with_a_like_line as (

    -- The like line first; what it leaves of the sum is looked up among the sets.
    select
        sums.firm_id,
        sums.bill_id,
        sums.side,
        sums.line_key,
        sums.place,
        sums.left_count,
        parts.left_count as parts_count,
        [sums.member] as heads,
        list_sort(list_append(sets.places, parts.place)) as places,
        list_sort(list_append(sets.members, parts.member)) as members,
        false as has_partner
    from lines_placed as sums
    inner join lines_placed as parts
        on
            sums.firm_id = parts.firm_id
            and sums.bill_id = parts.bill_id
            and sums.side <> parts.side
            and parts.left_count <= {{ most_left[1] }}
    inner join sets_of_lines as sets
        on
            parts.firm_id = sets.firm_id
            and parts.bill_id = sets.bill_id
            and parts.side = sets.side
            and sums.compared_amount - parts.compared_amount = sets.amount
            and not list_contains(sets.places, parts.place)
    where {{ texts_are_like('sums', 'parts') }}

),

sums_with_a_partner as (

    {%- for side, other_side in [('clio', 'xero'), ('xero', 'clio')] %}
        select
            pairs.firm_id,
            pairs.bill_id,
            '{{ side }}' as side,
            pairs.{{ side }}_line_key as line_key,
            pairs.{{ side }}_position as place,
            0 as left_count,
            0 as parts_count,
            ['clio ' || pairs.clio_line_key, 'xero ' || pairs.xero_line_key] as heads,
            sets.places,
            sets.members,
            true as has_partner
        from {{ ref('int_lines_paired') }} as pairs
        inner join sets_of_lines as sets
            on
                pairs.firm_id = sets.firm_id
                and pairs.bill_id = sets.bill_id
                and sets.side = '{{ other_side }}'
                and pairs.{{ side }}_amount - pairs.{{ other_side }}_amount = sets.amount
        where not pairs.amount_agrees

        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

sums_found as (

    select * from sums_with_a_like_line
    union
    select * from sums_with_a_partner

),

sums_weighed as (

    select
        *,
        len(places) as set_size,
        places[-1] - places[1] as span,
        abs(places[1] * left_count - place * parts_count) as distance
    from sums_found

),

sums_kept as (

    select *
    from sums_weighed
    qualify
        row_number() over (
            partition by firm_id, bill_id, side, line_key
            order by has_partner desc, set_size asc, span asc, distance asc, places asc
        ) <= {{ most_ways }}

)

select
    firm_id,
    bill_id,
    side,
    line_key,
    list_concat(heads, members) as members,
    row_number() over (
        partition by firm_id, bill_id
        order by
            has_partner desc, set_size asc, span asc, distance asc, side asc, place asc, line_key asc, places asc
    ) as preference
from sums_kept
