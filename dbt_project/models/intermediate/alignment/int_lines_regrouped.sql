-- Every line that stands in Xero in another grouping. First in a sum: one line of one side that is the sum of two to
-- four of the other, of which one at least is like it in text. A line that already has a partner of another amount
-- brings it along: together with lines that are left it may be its sum. Of many ways to the same sum the first are
-- looked at, lines that stand together and near the line before others; among at most 200 lines left on a side, 60 for
-- sums of four. Then as a whole: where one line of Xero is all that is left of the bill. Such a line tells the whole
-- where it stands for five lines or more, or where it speaks of services, fees, time, expenses, costs or disbursements;
-- so does one for the services left and one for the expenses. A partner of another amount is a part of the whole.
{%- set most_left = {1: 200, 2: 200, 3: 60} %}
{%- set most_ways = 40 %}
{%- set wholes = {
    'all': 'services|fees|time|expenses|costs|disbursements',
    'Service': 'services|fees|time',
    'Expense': 'expenses|costs|disbursements',
} %}
with

pairs_of_unequal_amounts as (

    select
        *,
        cast(xero_amount - clio_amount as decimal(18, 2)) as left_in_xero_amount
    from {{ ref('int_lines_paired') }}
    where not amount_agrees

),

lines_without_a_partner as (

    select *
    from (
        {{ lines_left(ref('int_lines_to_align'), [ref('int_lines_paired')]) }}
    ) as lines_left
    where compared_amount <> 0

),

lines_placed as (

    select
        *,
        side || ' ' || line_key as member,
        row_number() over (partition by firm_id, bill_id, side order by line_position, line_key) as place,
        count(*) over (partition by firm_id, bill_id, side) as left_count
    from lines_without_a_partner

),

sets_of_1 as (

    select
        firm_id,
        bill_id,
        side,
        [place] as places,
        [member] as members,
        compared_amount as amount
    from lines_placed
    where left_count <= {{ most_left[1] }}

),

{% for size in [2, 3] %}
    sets_of_{{ size }} as (

        select
            sets.firm_id,
            sets.bill_id,
            sets.side,
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

    ),
{% endfor %}

sets_of_lines as (

    select * from sets_of_1
    union all
    select * from sets_of_2
    union all
    select * from sets_of_3

),

ways_to_a_sum as (

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

    {% for side, other_side in [('clio', 'xero'), ('xero', 'clio')] %}
        union

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
        from pairs_of_unequal_amounts as pairs
        inner join sets_of_lines as sets
            on
                pairs.firm_id = sets.firm_id
                and pairs.bill_id = sets.bill_id
                and sets.side = '{{ other_side }}'
                and sets.amount = {{ '-' if side == 'clio' }}pairs.left_in_xero_amount
    {% endfor %}

),

ways_weighed as (

    select
        *,
        len(places) as set_size,
        places[-1] - places[1] as span,
        abs(places[1] * left_count - place * parts_count) as distance
    from ways_to_a_sum

),

ways_looked_at as (

    select *
    from ways_weighed
    qualify
        row_number() over (
            partition by firm_id, bill_id, side, line_key
            order by has_partner desc, set_size asc, span asc, distance asc, places asc
        ) <= {{ most_ways }}

),

sums_in_order as (

    select
        firm_id,
        bill_id,
        list_concat(heads, members) as members,
        row_number() over (
            partition by firm_id, bill_id
            order by
                has_partner desc, set_size asc, span asc, distance asc, side asc, place asc, line_key asc, places asc
        ) as preference
    from ways_looked_at

),

lines_in_sums as materialized (

    -- The sums that hold, best first, no line in two of them.
    {{ choose_best_sets('sums_in_order', ['firm_id', 'bill_id']) }}

),

lines_in_no_sum as (

    select lines.*
    from lines_without_a_partner as lines
    left join lines_in_sums as sums
        on
            lines.firm_id = sums.firm_id
            and lines.bill_id = sums.bill_id
            and lines.side = sums.side
            and lines.line_key = sums.member_key
    where sums.bill_id is null

),

lines_left_of_the_bill as (

    {% for whole in wholes %}
        select
            firm_id,
            bill_id,
            '{{ whole }}' as whole,
            count(*) as line_count,
            sum(compared_amount) as amount,
            bool_or(is_discount_spread) as is_discount_spread,
            list(line_key order by line_position, line_key) as line_keys
        from lines_in_no_sum
        where side = 'clio'{{ " and line_kind = '" ~ whole ~ "'" if whole != 'all' }}
        group by firm_id, bill_id
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

lines_that_may_be_a_whole as (

    select
        firm_id,
        bill_id,
        line_key as xero_line_key,
        line_position,
        text_key,
        compared_amount as amount,
        cast(null as varchar) as partner_key,
        cast(null as varchar) as partner_kind
    from lines_in_no_sum
    where side = 'xero'

    union all

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.xero_line_key,
        pairs.xero_position as line_position,
        pairs.xero_text_key as text_key,
        pairs.left_in_xero_amount as amount,
        pairs.clio_line_key as partner_key,
        pairs.clio_line_kind as partner_kind
    from pairs_of_unequal_amounts as pairs
    left join lines_in_sums as sums
        on
            pairs.firm_id = sums.firm_id
            and pairs.bill_id = sums.bill_id
            and sums.side = 'clio'
            and pairs.clio_line_key = sums.member_key
    where sums.bill_id is null

),

lines_of_the_amount_of_a_whole as (

    select
        parts.firm_id,
        parts.bill_id,
        parts.whole,
        xero.xero_line_key,
        xero.line_position,
        xero.text_key,
        case
            when xero.partner_key is null then parts.line_keys
            else list_append(parts.line_keys, xero.partner_key)
        end as line_keys
    from lines_left_of_the_bill as parts
    inner join lines_that_may_be_a_whole as xero
        on
            parts.firm_id = xero.firm_id
            and parts.bill_id = xero.bill_id
            and abs(parts.amount - xero.amount)
            <= case when parts.is_discount_spread then 0.005 * parts.line_count + 0.005 else 0 end
            and (xero.partner_key is null or parts.whole = 'all' or parts.whole = xero.partner_kind)

),

wholes as (

    -- One line of Xero for each whole.
    select *
    from lines_of_the_amount_of_a_whole
    where
        len(line_keys) > 1
        and (
            (whole = 'all' and len(line_keys) >= 5)
            {%- for whole, its_words in wholes.items() %}
                or (whole = '{{ whole }}' and regexp_matches(text_key, '\b({{ its_words }})\b'))
            {%- endfor %}
        )
    qualify row_number() over (partition by firm_id, bill_id, whole order by line_position, xero_line_key) = 1

),

wholes_that_stand as (

    -- One whole for each line of Xero, all that is left before a kind of it.
    select *
    from wholes
    qualify
        row_number() over (
            partition by firm_id, bill_id, xero_line_key order by case whole when 'all' then 0 else 1 end, whole
        ) = 1
        and (
            whole = 'all'
            or count(case when whole = 'all' then 1 end) over (partition by firm_id, bill_id) = 0
        )

)

select
    firm_id,
    bill_id,
    'sum ' || set_number as group_key,
    side,
    member_key
from lines_in_sums

union all

select
    firm_id,
    bill_id,
    'whole ' || xero_line_key as group_key,
    'xero' as side,
    xero_line_key as member_key
from wholes_that_stand

union all

select
    firm_id,
    bill_id,
    'whole ' || xero_line_key as group_key,
    'clio' as side,
    unnest(line_keys) as member_key
from wholes_that_stand
