-- Each line that has to be edited in Xero to say what Clio says, in words, from Xero's value to Clio's, and the
-- discount that is missing there. Lines are counted as Xero shows them. New lines come last, in the bill's order. Made
-- one by one, these edits lead to the bill to the cent; a line that is right is not among them.
with

lines_side_by_side as (

    select
        targets.firm_id,
        targets.bill_id,
        targets.line_status,
        targets.role,
        'line ' || coalesce(invoice_lines.line_number, 0) as the_line,
        invoice_lines.line_number,
        bill_lines.line_position as bill_line_number,
        case when bill_lines.line_kind = 'Expense' then 'quantity ' else 'hours ' end as quantity_word,
        coalesce(bill_lines.description, '') as clio_text,
        coalesce(invoice_lines.description, '') as xero_text,
        not coalesce(bill_lines.is_summary, false) as has_terms,
        bill_lines.quantity as clio_quantity,
        invoice_lines.quantity as xero_quantity,
        bill_lines.rate as clio_rate,
        invoice_lines.unit_amount as xero_rate,
        align.price_in_cents,
        align.price_in_full,
        coalesce(align.is_discount_spread, false) as is_discount_spread,
        pairs.is_tax_inclusive,
        pairs.discount_amount,
        bills.discount_type as bill_discount_type,
        source.discount_rate as bill_discount_rate,
        case when bill_lines.discount_type = 'percentage' then bill_lines.discount_rate else 0 end
            as clio_discount_rate,
        case when bill_lines.discount_type = 'money' then bill_lines.discount_rate else 0 end
            as clio_discount_amount,
        coalesce(invoice_lines.discount_rate, 0) as xero_discount_rate,
        coalesce(invoice_lines.discount_amount, 0) as xero_discount_amount,
        targets.terms_agree,
        targets.xero_amount,
        targets.target_amount,
        case when pairs.is_tax_inclusive then 'amount with tax ' else 'amount ' end as amount_word,
        targets.xero_amount + case when pairs.is_tax_inclusive then targets.xero_tax_amount else 0 end as stated_amount,
        targets.target_amount
        + case when pairs.is_tax_inclusive then targets.target_tax_amount else 0 end as new_stated_amount,
        targets.xero_tax_amount,
        targets.target_tax_amount
    from {{ ref('int_line_targets') }} as targets
    inner join {{ ref('int_pairs_compared') }} as pairs
        on targets.firm_id = pairs.firm_id and targets.bill_id = pairs.bill_id
    inner join {{ ref('int_bills_valued') }} as bills
        on targets.firm_id = bills.firm_id and targets.bill_id = bills.bill_id
    inner join {{ ref('stg_clio__bills') }} as source
        on targets.firm_id = source.firm_id and targets.bill_id = source.bill_id
    left join {{ ref('int_bill_lines_valued') }} as bill_lines
        on
            targets.firm_id = bill_lines.firm_id
            and targets.bill_id = bill_lines.bill_id
            and targets.clio_line_key = bill_lines.line_item_id
    left join {{ ref('int_lines_to_align') }} as align
        on
            targets.firm_id = align.firm_id
            and targets.bill_id = align.bill_id
            and align.side = 'clio'
            and targets.clio_line_key = align.line_key
    left join {{ ref('int_invoice_lines_valued') }} as invoice_lines
        on
            targets.firm_id = invoice_lines.firm_id
            and targets.invoice_id = invoice_lines.invoice_id
            and targets.xero_line_position = invoice_lines.line_position

),

lines_with_what_they_come_to as (

    -- What Xero would make of a line with Clio's quantity: at the price and the discount that it has there, at
    -- Clio's own, and at the prices that carry the discount.
    select
        *,
        {{ line_amount('clio_quantity', 'xero_rate', 'xero_discount_rate', 'xero_discount_amount') }}
        = target_amount as comes_out_as_it_is,
        {{ line_amount('clio_quantity', 'clio_rate', 'clio_discount_rate', 'clio_discount_amount') }}
        = target_amount as comes_out_as_in_clio,
        is_discount_spread
        and bill_discount_type = 'percentage'
        and clio_discount_rate = 0
        and clio_discount_amount = 0
        and {{ line_amount('clio_quantity', 'clio_rate', 'bill_discount_rate', '0') }} = target_amount
        and xero_discount_rate <> 0 as comes_out_by_rate,
        {{ line_amount('clio_quantity', 'price_in_cents', '0', '0') }} = target_amount as comes_out_in_cents,
        {{ line_amount('clio_quantity', 'price_in_full', '0', '0') }} = target_amount as comes_out_in_full,
        (
            xero_discount_rate = 0
            and xero_discount_amount = 0
            and xero_rate is distinct from clio_rate
        ) as has_a_price_of_its_own
    from lines_side_by_side

),

lines_with_a_way as (

    -- The way to the amount with the fewest fields to touch; where none leads there the amount itself is typed in.
    select
        *,
        terms_agree and target_amount = xero_amount as is_as_it_should_be,
        case
            when is_tax_inclusive or not has_terms or (terms_agree and target_amount = xero_amount) then 'amount'
            when comes_out_as_it_is then 'amount'
            when has_a_price_of_its_own and comes_out_in_cents then 'in cents'
            when has_a_price_of_its_own and comes_out_in_full then 'in full'
            when comes_out_as_in_clio then 'as in clio'
            when comes_out_by_rate then 'by rate'
            when comes_out_in_cents then 'in cents'
            when comes_out_in_full then 'in full'
            else 'amount'
        end as way
    from lines_with_what_they_come_to

),

lines_with_new_values as (

    select
        *,
        case when has_terms and not is_as_it_should_be then clio_quantity else xero_quantity end as new_quantity,
        case way
            when 'as in clio' then clio_rate
            when 'by rate' then clio_rate
            when 'in cents' then price_in_cents
            when 'in full' then price_in_full
            else xero_rate
        end as new_rate,
        case way
            when 'as in clio' then clio_discount_rate
            when 'by rate' then bill_discount_rate
            when 'in cents' then 0
            when 'in full' then 0
            else xero_discount_rate
        end as new_discount_rate,
        case way
            when 'as in clio' then clio_discount_amount
            when 'by rate' then 0
            when 'in cents' then 0
            when 'in full' then 0
            else xero_discount_amount
        end as new_discount_amount
    from lines_with_a_way

),

edits as (

    select
        *,
        case
            when role = 'discount' and line_number is null
                then 'the discount of ' || {{ money_text('discount_amount') }}
                    || {{ discount_rate_text('bill_discount_type', 'bill_discount_rate') }} || ' is missing'
                    || case
                        when target_tax_amount <> 0
                            then ' (tax ' || {{ money_text('target_tax_amount') }} || ')'
                        else ''
                    end
            when line_number is null
                then 'add "' || {{ excerpt('clio_text') }} || '" '
                    || case
                        when has_terms
                            then {{ number_text('clio_quantity') }} || ' x ' || {{ number_text('clio_rate') }}
                                || ', '
                        else ''
                    end
                    || amount_word || {{ money_text('new_stated_amount') }}
                    || case
                        when target_tax_amount <> 0 then ', tax ' || {{ money_text('target_tax_amount') }} else ''
                    end
            when line_status in ('extra_in_xero', 'regrouped') or (role = 'rounding' and target_amount = 0)
                then the_line || ': remove "' || {{ excerpt('xero_text') }} || '", ' || amount_word
                    || {{ money_text('stated_amount') }}
            else nullif(concat_ws(
                    ', ',
                    case
                        when role is null and has_terms and new_quantity is distinct from xero_quantity
                            then quantity_word || {{ number_text('xero_quantity') }}
                                || ' to ' || {{ number_text('new_quantity') }}
                    end,
                    case
                        when role is null and new_rate is distinct from xero_rate
                            then 'rate ' || {{ number_text('xero_rate') }} || ' to ' || {{ number_text('new_rate') }}
                    end,
                    case
                        when role is null and new_discount_rate <> xero_discount_rate
                            then 'discount ' || {{ number_text('xero_discount_rate') }} || ' % to '
                                || {{ number_text('new_discount_rate') }} || ' %'
                    end,
                    case
                        when role is null and new_discount_amount <> xero_discount_amount
                            then 'discount ' || {{ money_text('xero_discount_amount') }} || ' to '
                                || {{ money_text('new_discount_amount') }}
                    end,
                    case
                        when
                            new_stated_amount <> stated_amount
                            or (
                                way = 'amount'
                                and new_quantity is distinct from xero_quantity
                                and not coalesce(comes_out_as_it_is, false)
                            )
                            then case when role = 'discount' then 'the discount ' else amount_word end
                                || {{ money_text('stated_amount') }} || ' to ' || {{ money_text('new_stated_amount') }}
                                || case
                                    when role = 'discount'
                                        then {{ discount_rate_text('bill_discount_type', 'bill_discount_rate') }}
                                    else ''
                                end
                    end,
                    case
                        when target_tax_amount <> xero_tax_amount
                            then 'tax ' || {{ money_text('xero_tax_amount') }} || ' to '
                                || {{ money_text('target_tax_amount') }}
                    end,
                    case
                        when line_status in ('text_changed', 'amount_and_text_changed')
                            then 'wording ' || {{ changed_text('xero_text', 'clio_text') }}
                    end
                ), '')
        end as what
    from lines_with_new_values

)

select
    firm_id,
    bill_id,
    line_status,
    role,
    xero_amount,
    target_amount,
    xero_tax_amount,
    target_tax_amount,
    row_number() over (
        partition by firm_id, bill_id
        order by line_number nulls last, bill_line_number nulls last, role nulls first
    ) as edit_order,
    case when what like 'line %' or line_number is null then what else the_line || ': ' || what end as edit
from edits
where what is not null
