-- What is still not equal in amount: one line of one side that is the sum of two to four of the other. A line that
-- already has a partner of another amount brings it along: together with lines that are left it may be its sum.
-- Looked for among at most 60 lines left on a side (30 for sums of four), which no bill that people read exceeds.
with

lines_with_a_partner as (

    -- Side and key as columns of one list: a join that has to look which side a line is on would compare all with
    -- all.
    select
        firm_id,
        bill_id,
        'clio' as side,
        clio_line_key as line_key
    from {{ ref('int_lines_paired') }}

    union all

    select
        firm_id,
        bill_id,
        'xero' as side,
        xero_line_key as line_key
    from {{ ref('int_lines_paired') }}

),

lines_left as (

    select
        lines.firm_id,
        lines.bill_id,
        lines.side,
        lines.line_key,
        lines.side || ' ' || lines.line_key as member,
        lines.compared_amount as amount,
        row_number() over (
            partition by lines.firm_id, lines.bill_id, lines.side order by lines.line_position, lines.line_key
        ) as place,
        count(*) over (partition by lines.firm_id, lines.bill_id, lines.side) as left_count
    from {{ ref('int_lines_to_align') }} as lines
    left join lines_with_a_partner as partners
        on
            lines.firm_id = partners.firm_id
            and lines.bill_id = partners.bill_id
            and lines.side = partners.side
            and lines.line_key = partners.line_key
    where partners.bill_id is null and lines.compared_amount <> 0

),

lines_that_may_be_a_sum as (

    select
        firm_id,
        bill_id,
        side,
        line_key,
        cast(null as varchar) as partner_key,
        case side when 'clio' then 'xero' else 'clio' end as other_side,
        amount as amount_to_find
    from lines_left

    union all

    select
        firm_id,
        bill_id,
        'clio' as side,
        clio_line_key as line_key,
        xero_line_key as partner_key,
        'xero' as other_side,
        clio_amount - xero_amount as amount_to_find
    from {{ ref('int_lines_paired') }}
    where not amount_agrees

    union all

    select
        firm_id,
        bill_id,
        'xero' as side,
        xero_line_key as line_key,
        clio_line_key as partner_key,
        'clio' as other_side,
        xero_amount - clio_amount as amount_to_find
    from {{ ref('int_lines_paired') }}
    where not amount_agrees

),

sets_of_1 as (

    select
        firm_id,
        bill_id,
        side,
        1 as set_size,
        [member] as members,
        [place] as places,
        place as last_place,
        amount
    from lines_left
    where left_count <= 60

),

{% for size in [2, 3, 4] %}
    sets_of_{{ size }} as (

        select
            sets.firm_id,
            sets.bill_id,
            sets.side,
            {{ size }} as set_size,
            list_append(sets.members, lines.member) as members,
            list_append(sets.places, lines.place) as places,
            lines.place as last_place,
            sets.amount + lines.amount as amount
        from sets_of_{{ size - 1 }} as sets
        inner join lines_left as lines
            on
                sets.firm_id = lines.firm_id
                and sets.bill_id = lines.bill_id
                and sets.side = lines.side
                and sets.last_place < lines.place
        {%- if size == 4 %}
            where lines.left_count <= 30
        {%- endif %}

    ),
{% endfor %}

sets_of_lines as (

    select * from sets_of_1
    union all
    select * from sets_of_2
    union all
    select * from sets_of_3
    union all
    select * from sets_of_4

)

select
    sums.firm_id,
    sums.bill_id,
    sums.side,
    sums.line_key,
    list_concat(
        case
            when sums.partner_key is null then [sums.side || ' ' || sums.line_key]
            else [sums.side || ' ' || sums.line_key, sums.other_side || ' ' || sums.partner_key]
        end,
        sets.members
    ) as members,
    row_number() over (
        partition by sums.firm_id, sums.bill_id
        order by
            sums.partner_key is null,
            sets.set_size,
            sums.side,
            sums.line_key,
            sets.places
    ) as preference
from lines_that_may_be_a_sum as sums
inner join sets_of_lines as sets
    on
        sums.firm_id = sets.firm_id
        and sums.bill_id = sets.bill_id
        and sums.other_side = sets.side
        and sums.amount_to_find = sets.amount
        and case when sums.partner_key is null then sets.set_size between 2 and 4 else sets.set_size <= 3 end
