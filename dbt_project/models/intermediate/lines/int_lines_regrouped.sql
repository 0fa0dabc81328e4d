-- Every line that stands in Xero in another grouping: in a sum of a few lines, or where one line of Xero is all that is
-- left of the bill. Such a line tells the whole where it stands for five lines or more, or where it speaks of services,
-- fees, time, expenses, costs or disbursements; so does one for the services left and one for the expenses. A partner
-- of another amount is a part of the whole.
with

lines_in_sums as materialized (

    -- The sums that hold, best first, no line in two of them.
    {{ choose_best_sets(ref('int_line_sums'), ['firm_id', 'bill_id']) }}

),

pairs_of_unequal_amounts as (

    select pairs.*
    from {{ ref('int_lines_paired') }} as pairs
    left join lines_in_sums as sums
        on
            pairs.firm_id = sums.firm_id
            and pairs.bill_id = sums.bill_id
            and sums.side = 'clio'
            and pairs.clio_line_key = sums.member_key
    where not pairs.amount_agrees and sums.bill_id is null

),

lines_without_a_partner as (

    select lines.*
    from (
        {{ lines_left(['int_lines_paired']) }}
    ) as lines
    left join lines_in_sums as sums
        on
            lines.firm_id = sums.firm_id
            and lines.bill_id = sums.bill_id
            and lines.side = sums.side
            and lines.line_key = sums.member_key
    where sums.bill_id is null and lines.compared_amount <> 0

),

wholes as (

    select
        'all' as whole,
        '\b(services|fees|time|expenses|costs|disbursements)\b' as its_words
    union all
    select
        'Service' as whole,
        '\b(services|fees|time)\b' as its_words
    union all
    select
        'Expense' as whole,
        '\b(expenses|costs|disbursements)\b' as its_words

),

lines_left_of_the_bill as (

    select
        lines.firm_id,
        lines.bill_id,
        wholes.whole,
        wholes.its_words,
        count(*) as line_count,
        sum(lines.compared_amount) as amount,
        bool_or(lines.is_discount_spread) as is_discount_spread,
        list(lines.line_key order by lines.line_position, lines.line_key) as line_keys
    from lines_without_a_partner as lines
    inner join wholes
        on wholes.whole = 'all' or lines.line_kind = wholes.whole
    where lines.side = 'clio'
    group by lines.firm_id, lines.bill_id, wholes.whole, wholes.its_words

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
    from lines_without_a_partner
    where side = 'xero'

    union all

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.xero_line_key,
        pairs.xero_position as line_position,
        xero.text_key,
        cast(pairs.xero_amount - pairs.clio_amount as decimal(18, 2)) as amount,
        pairs.clio_line_key as partner_key,
        clio.line_kind as partner_kind
    from pairs_of_unequal_amounts as pairs
    inner join {{ ref('int_lines_to_align') }} as xero
        on
            pairs.firm_id = xero.firm_id
            and pairs.bill_id = xero.bill_id
            and xero.side = 'xero'
            and pairs.xero_line_key = xero.line_key
    inner join {{ ref('int_lines_to_align') }} as clio
        on
            pairs.firm_id = clio.firm_id
            and pairs.bill_id = clio.bill_id
            and clio.side = 'clio'
            and pairs.clio_line_key = clio.line_key

),

wholes_found as (

    select
        parts.firm_id,
        parts.bill_id,
        parts.whole,
        xero.xero_line_key,
        xero.line_position,
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
    where
        parts.line_count + case when xero.partner_key is null then 0 else 1 end > 1
        and (
            (parts.whole = 'all' and parts.line_count + case when xero.partner_key is null then 0 else 1 end >= 5)
            or regexp_matches(xero.text_key, parts.its_words)
        )

),

wholes_that_stand as (

    -- One line of Xero for each whole, one whole for each line of Xero, all that is left before a kind of it.
    select *
    from (
        select *
        from wholes_found
        qualify row_number() over (partition by firm_id, bill_id, whole order by line_position, xero_line_key) = 1
    ) as first_lines
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
