-- Each line that has to be edited in Xero to say what Clio says, in words, from Xero's value to Clio's. Lines are
-- counted as Xero shows them. New lines come last, in the bill's order.
with

lines_side_by_side as (

    select
        aligned.firm_id,
        aligned.bill_id,
        aligned.line_status,
        aligned.terms_agree,
        'line ' || coalesce(invoice_lines.line_number, 0) as the_line,
        invoice_lines.line_number,
        bill_lines.line_position as bill_line_number,
        case when bill_lines.line_kind = 'Expense' then 'quantity ' else 'hours ' end as quantity_word,
        bill_lines.description as clio_text,
        invoice_lines.description as xero_text,
        bill_lines.quantity as clio_quantity,
        invoice_lines.quantity as xero_quantity,
        bill_lines.rate as clio_rate,
        invoice_lines.unit_amount as xero_rate,
        aligned.clio_amount,
        aligned.xero_amount
    from {{ ref('int_lines_aligned') }} as aligned
    inner join {{ ref('int_pairs_resolved') }} as pairs
        on aligned.firm_id = pairs.firm_id and aligned.bill_id = pairs.bill_id
    left join {{ ref('int_bill_lines_valued') }} as bill_lines
        on
            aligned.firm_id = bill_lines.firm_id
            and aligned.bill_id = bill_lines.bill_id
            and aligned.clio_line_key = bill_lines.line_item_id
    left join {{ ref('int_invoice_lines_valued') }} as invoice_lines
        on
            aligned.firm_id = invoice_lines.firm_id
            and pairs.invoice_id = invoice_lines.invoice_id
            and aligned.xero_line_position = invoice_lines.line_position
    where aligned.line_status <> 'identical' or not aligned.terms_agree

)

select
    firm_id,
    bill_id,
    line_status,
    terms_agree,
    row_number() over (
        partition by firm_id, bill_id
        order by line_number nulls last, bill_line_number nulls last
    ) as edit_order,
    case
        when line_status in ('missing_in_xero', 'regrouped') and line_number is null
            then 'add "' || coalesce(clio_text, '') || '" '
                || coalesce({{ number_text('clio_quantity') }} || ' x ' || {{ number_text('clio_rate') }} || ', ', '')
                || 'amount ' || {{ money_text('clio_amount') }}
        when line_status in ('extra_in_xero', 'regrouped')
            then the_line || ': remove "' || coalesce(xero_text, '') || '", amount ' || {{ money_text('xero_amount') }}
        when line_status = 'rounding'
            then the_line || ': rounding ' || {{ money_text('xero_amount') }}
        else
            the_line || ': ' || concat_ws(
                ', ',
                case
                    when xero_quantity is distinct from clio_quantity
                        then quantity_word || coalesce({{ number_text('xero_quantity') }}, 'none')
                            || ' -> ' || coalesce({{ number_text('clio_quantity') }}, 'none')
                end,
                case
                    when xero_rate is distinct from clio_rate
                        and (line_status like 'amount%' or not terms_agree)
                        then 'rate ' || coalesce({{ number_text('xero_rate') }}, 'none')
                            || ' -> ' || coalesce({{ number_text('clio_rate') }}, 'none')
                end,
                case
                    when line_status like 'amount%'
                        then 'amount ' || {{ money_text('xero_amount') }} || ' -> ' || {{ money_text('clio_amount') }}
                end,
                case
                    when line_status in ('text_changed', 'amount_and_text_changed')
                        then 'wording "' || coalesce(xero_text, '') || '" -> "' || coalesce(clio_text, '') || '"'
                end
            )
    end as edit
from lines_side_by_side
