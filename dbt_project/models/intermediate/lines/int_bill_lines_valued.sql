-- The lines that make up a bill, in the order in which it shows them. How they are to be read is not documented: do
-- their totals include the taxes, and which lines make up the bill where a summary line stands beside the lines that it
-- sums up? Services and expenses are each told by their details, by their summary lines, or by both. Of the readings
-- that add up to the bill, the one holds that has more lines equal in amount to the invoice's, details on a tie; where
-- none adds up, the lines say so.
with

lines_with_their_kind as (

    select
        *,
        {{ kind_of_line('line_kind') }} as kind,
        case when line_type = 'SummaryLineItem' then 'summaries' else 'details' end as told_by,
        coalesce(nullif(description, ''), note) as wording,
        coalesce(total_amount, 0) as stated_amount,
        coalesce(tax_amount, 0) + coalesce(secondary_tax_amount, 0) as taxes_amount
    from {{ ref('stg_clio__bill_lines') }}
    where bill_id is not null

),

lines_with_and_without_the_taxes as (

    select
        firm_id,
        bill_id,
        kind,
        told_by,
        unnest([false, true]) as totals_include_tax,
        cast(unnest([stated_amount, stated_amount - taxes_amount]) as decimal(18, 2)) as amount
    from lines_with_their_kind

),

bills_with_summaries as (

    select distinct
        firm_id,
        bill_id
    from lines_with_their_kind
    where told_by = 'summaries'

),

amounts_of_the_invoice as (

    select
        pairs.firm_id,
        pairs.bill_id,
        {{ net_of_line('lines', 'invoices') }} as amount,
        count(*) as copies
    from {{ ref('int_pairs') }} as pairs
    inner join bills_with_summaries as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    inner join {{ ref('stg_xero__invoice_lines') }} as lines
        on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id
    where amount <> 0
    group by all

),

lines_numbered as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, told_by, totals_include_tax, amount order by amount
        ) as copy_number
    from lines_with_and_without_the_taxes

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

bills_with_and_without_the_taxes as (

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
    from bills_with_and_without_the_taxes as bills
    {% for kind in ['services', 'expenses', 'others'] -%}
        left join kinds_told as {{ kind }}
            on
                bills.firm_id = {{ kind }}.firm_id
                and bills.bill_id = {{ kind }}.bill_id
                and bills.totals_include_tax = {{ kind }}.totals_include_tax
                and {{ kind }}.kind = '{{ kind }}'
    {% endfor %}

),

readings_beside_their_bill as (

    -- Lines may stand before the bill's discount or after it.
    select
        readings.*,
        readings.amount in (bills.net_amount, bills.net_amount + bills.discount_amount) as adds_up
    from readings
    inner join {{ ref('int_bills_valued') }} as bills
        on readings.firm_id = bills.firm_id and readings.bill_id = bills.bill_id

),

readings_that_hold as (

    select *
    from readings_beside_their_bill
    qualify
        row_number() over (
            partition by firm_id, bill_id
            order by
                adds_up desc,
                case when adds_up then equal_count else 0 end desc,
                preference asc,
                totals_include_tax asc,
                services_told_by asc,
                expenses_told_by asc,
                others_told_by asc
        ) = 1

)

select
    lines.firm_id,
    lines.bill_id,
    lines.line_item_id,
    lines.line_date,
    lines.wording as description,
    {{ text_key('lines.wording') }} as text_key,
    lines.line_kind,
    lines.told_by = 'summaries' as is_summary,
    lines.quantity,
    lines.rate,
    coalesce(lines.discount_rate, 0) as discount_rate,
    coalesce(lines.discount_type, '') as discount_type,
    coalesce(lines.discount_rate, 0) <> 0 as is_discounted,
    cast(
        lines.stated_amount - case when readings.totals_include_tax then lines.taxes_amount else 0 end
        as decimal(18, 2)
    ) as net_amount,
    cast(lines.taxes_amount as decimal(18, 2)) as tax_amount,
    case when coalesce(lines.tax_amount, 0) <> 0 or coalesce(lines.is_taxable, false) then 1 else 0 end
    + case
        when coalesce(lines.secondary_tax_amount, 0) <> 0 or coalesce(lines.is_secondary_taxable, false) then 1
        else 0
    end as tax_count,
    row_number() over (
        partition by lines.firm_id, lines.bill_id
        order by lines.group_ordering nulls last, lines.line_date nulls last, lines.line_item_id
    ) as line_position,
    readings.adds_up as adds_up_to_bill
from lines_with_their_kind as lines
inner join readings_that_hold as readings
    on lines.firm_id = readings.firm_id and lines.bill_id = readings.bill_id
where
    case lines.kind
        when 'services' then readings.services_told_by
        when 'expenses' then readings.expenses_told_by
        else readings.others_told_by
    end in (lines.told_by, 'both')
