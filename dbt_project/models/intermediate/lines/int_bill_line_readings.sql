-- How the lines of a bill are to be read is not documented: do their totals include the taxes, and which lines make up
-- the bill where a summary line stands beside the lines that it sums up? Services and expenses are each told by their
-- details, by their summary lines, or by both. Of the readings that add up to the bill, the one holds that has more
-- lines equal in amount to the invoice's, details on a tie; where none adds up, the bill says so.
with

lines_weighed as (

    select
        firm_id,
        bill_id,
        {{ kind_of_line('line_kind') }} as kind,
        case when line_type = 'SummaryLineItem' then 'summaries' else 'details' end as told_by,
        coalesce(total_amount, 0) as gross_amount,
        coalesce(total_amount, 0) - coalesce(tax_amount, 0) - coalesce(secondary_tax_amount, 0) as net_amount
    from {{ ref('stg_clio__bill_lines') }}
    where bill_id is not null

),

lines_as_each_reading_has_them as (

    select
        firm_id,
        bill_id,
        kind,
        told_by,
        false as totals_include_tax,
        cast(gross_amount as decimal(18, 2)) as amount
    from lines_weighed

    union all

    select
        firm_id,
        bill_id,
        kind,
        told_by,
        true as totals_include_tax,
        cast(net_amount as decimal(18, 2)) as amount
    from lines_weighed

),

bills_with_summaries as (

    select distinct
        firm_id,
        bill_id
    from lines_weighed
    where told_by = 'summaries'

),

amounts_of_the_invoice as (

    select
        pairs.firm_id,
        pairs.bill_id,
        lines.net_amount as amount,
        count(*) as copies
    from {{ ref('int_pairs') }} as pairs
    inner join bills_with_summaries as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id
    where lines.net_amount <> 0
    group by pairs.firm_id, pairs.bill_id, lines.net_amount

),

lines_numbered as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, told_by, totals_include_tax, amount order by amount
        ) as copy_number
    from lines_as_each_reading_has_them

),

parts_of_each_bill as (

    select
        lines.firm_id,
        lines.bill_id,
        lines.kind,
        lines.told_by,
        lines.totals_include_tax,
        sum(lines.amount) as amount,
        count(amounts.copies) as equal_count
    from lines_numbered as lines
    left join amounts_of_the_invoice as amounts
        on
            lines.firm_id = amounts.firm_id
            and lines.bill_id = amounts.bill_id
            and lines.amount = amounts.amount
            and lines.copy_number <= amounts.copies
    group by lines.firm_id, lines.bill_id, lines.kind, lines.told_by, lines.totals_include_tax

),

parts_in_each_way as (

    select
        * exclude (told_by),
        unnest([told_by, 'both']) as told_by
    from parts_of_each_bill

),

kinds_of_each_bill as (

    select
        firm_id,
        bill_id,
        kind,
        totals_include_tax,
        bool_or(told_by = 'summaries') and bool_or(told_by = 'details') as has_both
    from parts_of_each_bill
    group by firm_id, bill_id, kind, totals_include_tax

),

-- Each kind of line is told in one of three ways. Only a bill with a summary line leaves a choice.
ways_of_each_kind as (

    select
        kinds.firm_id,
        kinds.bill_id,
        kinds.kind,
        kinds.totals_include_tax,
        unnest(
            case
                when bills.bill_id is null then ['details']
                when kinds.has_both then ['details', 'summaries', 'both']
                else ['details', 'summaries']
            end
        ) as told_by
    from kinds_of_each_bill as kinds
    left join bills_with_summaries as bills
        on kinds.firm_id = bills.firm_id and kinds.bill_id = bills.bill_id

),

kinds_told as (

    select
        ways.firm_id,
        ways.bill_id,
        ways.kind,
        ways.totals_include_tax,
        ways.told_by,
        list_position(['details', 'summaries', 'both'], ways.told_by) - 1 as preference,
        coalesce(sum(parts.amount), 0) as amount,
        coalesce(sum(parts.equal_count), 0) as equal_count
    from ways_of_each_kind as ways
    left join parts_in_each_way as parts
        on
            ways.firm_id = parts.firm_id
            and ways.bill_id = parts.bill_id
            and ways.kind = parts.kind
            and ways.totals_include_tax = parts.totals_include_tax
            and ways.told_by = parts.told_by
    group by ways.firm_id, ways.bill_id, ways.kind, ways.totals_include_tax, ways.told_by

),

bills_read as (

    select distinct
        firm_id,
        bill_id,
        totals_include_tax
    from parts_of_each_bill

),

readings as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.totals_include_tax,
        coalesce(services.told_by, 'details') as services_told_by,
        coalesce(expenses.told_by, 'details') as expenses_told_by,
        coalesce(others.told_by, 'details') as others_told_by,
        coalesce(services.amount, 0) + coalesce(expenses.amount, 0) + coalesce(others.amount, 0) as amount,
        coalesce(services.equal_count, 0) + coalesce(expenses.equal_count, 0) + coalesce(others.equal_count, 0)
            as equal_count,
        coalesce(services.preference, 0) + coalesce(expenses.preference, 0) + coalesce(others.preference, 0)
            as preference
    from bills_read as bills
    left join kinds_told as services
        on
            bills.firm_id = services.firm_id
            and bills.bill_id = services.bill_id
            and bills.totals_include_tax = services.totals_include_tax
            and services.kind = 'services'
    left join kinds_told as expenses
        on
            bills.firm_id = expenses.firm_id
            and bills.bill_id = expenses.bill_id
            and bills.totals_include_tax = expenses.totals_include_tax
            and expenses.kind = 'expenses'
    left join kinds_told as others
        on
            bills.firm_id = others.firm_id
            and bills.bill_id = others.bill_id
            and bills.totals_include_tax = others.totals_include_tax
            and others.kind = 'others'

),

readings_judged as (

    -- Lines may stand before the bill's discount or after it.
    select
        readings.*,
        readings.amount in (bills.net_amount, bills.net_amount + bills.discount_amount) as is_proven
    from readings
    inner join {{ ref('int_bills_valued') }} as bills
        on readings.firm_id = bills.firm_id and readings.bill_id = bills.bill_id

)

select
    firm_id,
    bill_id,
    services_told_by,
    expenses_told_by,
    others_told_by,
    totals_include_tax,
    is_proven
from readings_judged
qualify
    row_number() over (
        partition by firm_id, bill_id
        order by
            is_proven desc,
            case when is_proven then equal_count else 0 end desc,
            preference asc,
            totals_include_tax asc,
            services_told_by asc,
            expenses_told_by asc,
            others_told_by asc
    ) = 1
