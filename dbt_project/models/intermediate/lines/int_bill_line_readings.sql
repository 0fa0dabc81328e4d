-- How the lines of a bill are to be read is not documented: do their totals include the taxes, and are the lines that
-- a summary line sums up there too? The reading that adds up to the bill holds; where none does, the bill says so.
with

lines_weighed as (

    select
        firm_id,
        bill_id,
        coalesce(line_type, '') = 'SummaryLineItem' as is_summary,
        coalesce(total_amount, 0) as gross_amount,
        coalesce(total_amount, 0) - coalesce(tax_amount, 0) - coalesce(secondary_tax_amount, 0) as net_amount
    from {{ ref('stg_clio__bill_lines') }}
    where bill_id is not null

),

sums_of_each_bill as (

    select
        firm_id,
        bill_id,
        sum(gross_amount) as gross_of_all,
        sum(net_amount) as net_of_all,
        sum(case when is_summary then 0 else gross_amount end) as gross_of_details,
        sum(case when is_summary then 0 else net_amount end) as net_of_details
    from lines_weighed
    group by firm_id, bill_id

),

readings_that_fit as (

    -- Lines may stand before the bill's discount or after it.
    select
        sums.firm_id,
        sums.bill_id,
        sums.gross_of_details in (bills.net_amount, bills.net_amount + bills.discount_amount)
            as details_fit_without_tax,
        sums.net_of_details in (bills.net_amount, bills.net_amount + bills.discount_amount)
            as details_fit_with_tax,
        sums.gross_of_all in (bills.net_amount, bills.net_amount + bills.discount_amount) as all_fit_without_tax,
        sums.net_of_all in (bills.net_amount, bills.net_amount + bills.discount_amount)
            as all_fit_with_tax
    from sums_of_each_bill as sums
    inner join {{ ref('int_bills_valued') }} as bills
        on sums.firm_id = bills.firm_id and sums.bill_id = bills.bill_id

)

select
    firm_id,
    bill_id,
    not (details_fit_without_tax or details_fit_with_tax)
    and (all_fit_without_tax or all_fit_with_tax) as summaries_count,
    case
        when details_fit_without_tax then false
        when details_fit_with_tax then true
        when all_fit_without_tax then false
        else all_fit_with_tax
    end as totals_include_tax,
    details_fit_without_tax or details_fit_with_tax or all_fit_without_tax or all_fit_with_tax as is_proven
from readings_that_fit
