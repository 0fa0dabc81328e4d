-- Every line of both sides of every pair exactly once, with what became of it. A line of 0.00 without a partner says
-- nothing on either side and is left out.
with

pairs_that_stand as (

    select
        pairs.*,
        case
            when pairs.amount_agrees and pairs.text_agrees then 'identical'
            when pairs.amount_agrees then 'text_changed'
            when pairs.text_agrees then 'amount_changed'
            else 'amount_and_text_changed'
        end as line_status
    from {{ ref('int_lines_paired') }} as pairs
    left join {{ ref('int_lines_regrouped') }} as regrouped
        on
            pairs.firm_id = regrouped.firm_id
            and pairs.bill_id = regrouped.bill_id
            and regrouped.side = 'clio'
            and pairs.clio_line_key = regrouped.member_key
    where regrouped.bill_id is null

),

lines_with_a_partner as (

    -- Side and key as columns of one list: a join that has to look which side a line is on would compare all with
    -- all.
    select
        firm_id,
        bill_id,
        'clio' as side,
        clio_line_key as line_key
    from pairs_that_stand

    union all

    select
        firm_id,
        bill_id,
        'xero' as side,
        xero_line_key as line_key
    from pairs_that_stand

),

lines_of_one_side as (

    select
        lines.firm_id,
        lines.bill_id,
        lines.side,
        lines.line_key,
        case
            when regrouped.bill_id is not null then 'regrouped'
            when lines.side = 'clio' then 'missing_in_xero'
            else 'extra_in_xero'
        end as line_status,
        lines.compared_amount
    from {{ ref('int_lines_to_align') }} as lines
    left join lines_with_a_partner as partners
        on
            lines.firm_id = partners.firm_id
            and lines.bill_id = partners.bill_id
            and lines.side = partners.side
            and lines.line_key = partners.line_key
    left join {{ ref('int_lines_regrouped') }} as regrouped
        on
            lines.firm_id = regrouped.firm_id
            and lines.bill_id = regrouped.bill_id
            and lines.side = regrouped.side
            and lines.line_key = regrouped.member_key
    where partners.bill_id is null and lines.compared_amount <> 0

)

select
    firm_id,
    bill_id,
    clio_line_key,
    cast(xero_line_key as integer) as xero_line_position,
    line_status,
    clio_amount,
    xero_amount,
    cast(xero_amount - clio_amount as decimal(18, 2)) as difference_amount,
    terms_agree
from pairs_that_stand

union all

select
    firm_id,
    bill_id,
    case when side = 'clio' then line_key end as clio_line_key,
    case when side = 'xero' then cast(line_key as integer) end as xero_line_position,
    line_status,
    case when side = 'clio' then compared_amount end as clio_amount,
    case when side = 'xero' then compared_amount end as xero_amount,
    cast(case when side = 'clio' then -compared_amount else compared_amount end as decimal(18, 2)) as difference_amount,
    false as terms_agree
from lines_of_one_side

union all

-- What no line of the bill answers to by its nature: interest and discount are as they should be, rounding is
-- rounding.
select
    special.firm_id,
    special.bill_id,
    cast(null as varchar) as clio_line_key,
    cast(special.line_position as integer) as xero_line_position,
    case special.role when 'rounding' then 'rounding' else 'identical' end as line_status,
    cast(null as decimal(18, 2)) as clio_amount,
    lines.net_amount as xero_amount,
    cast(case special.role when 'rounding' then lines.net_amount else 0 end as decimal(18, 2)) as difference_amount,
    true as terms_agree
from {{ ref('int_pair_special_lines') }} as special
inner join {{ ref('int_invoice_lines_valued') }} as lines
    on
        special.firm_id = lines.firm_id
        and special.invoice_id = lines.invoice_id
        and special.line_position = lines.line_position
