-- Every line of both sides of every pair exactly once, with what became of it. Left out are, without a partner, a line
-- of Clio of 0.00 and a heading of Xero.
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

texts_of_each_bill as (

    select
        bills.firm_id,
        bills.bill_id,
        unnest([
            {{ text_key('bills.bill_number') }}, {{ text_key('bills.client_name') }}, {{ text_key('source.subject') }}
        ]) as text_key
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('stg_clio__bills') }} as source
        on bills.firm_id = source.firm_id and bills.bill_id = source.bill_id

    union

    select
        bill_matters.firm_id,
        bill_matters.bill_id,
        unnest([
            {{ text_key('bill_matters.matter_number') }},
            {{ text_key('matters.description') }},
            {{ text_key("bill_matters.matter_number || ' ' || matters.description") }},
            {{ text_key("bill_matters.matter_number || ': ' || matters.description") }},
            {{ text_key("bill_matters.matter_number || ' - ' || matters.description") }}
        ]) as text_key
    from {{ ref('stg_clio__bill_matters') }} as bill_matters
    left join {{ ref('stg_clio__matters') }} as matters
        on bill_matters.firm_id = matters.firm_id and bill_matters.matter_id = matters.matter_id

),

headings as (

    -- Lines of an invoice of 0.00, or without an amount, that only say whose invoice it is: their text is the bill's
    -- matter, subject, client or number. Any other such line says something to the client that the bill does not say.
    select distinct
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        lines.line_position
    from {{ ref('int_pairs') }} as pairs
    inner join texts_of_each_bill as texts
        on pairs.firm_id = texts.firm_id and pairs.bill_id = texts.bill_id
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            pairs.firm_id = lines.firm_id
            and pairs.invoice_id = lines.invoice_id
            and texts.text_key = lines.text_key
    where lines.net_amount = 0 and texts.text_key <> ''

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
        regrouped.group_key,
        lines.compared_amount,
        lines.tax_amount
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
    left join headings
        on
            lines.side = 'xero'
            and lines.firm_id = headings.firm_id
            and lines.bill_id = headings.bill_id
            and lines.line_position = headings.line_position
    where
        partners.bill_id is null
        and headings.bill_id is null
        and (lines.compared_amount <> 0 or lines.side = 'xero')

),

lines_of_every_status as (

    select
        firm_id,
        bill_id,
        clio_line_key,
        cast(xero_line_key as integer) as xero_line_position,
        line_status,
        cast(null as varchar) as role,
        cast(null as varchar) as group_key,
        clio_amount,
        xero_amount,
        cast(xero_amount - clio_amount as decimal(18, 2)) as difference_amount,
        amount_agrees,
        terms_agree,
        cast(clio_tax_amount as decimal(18, 2)) as clio_tax_amount,
        cast(xero_tax_amount as decimal(18, 2)) as xero_tax_amount
    from pairs_that_stand

    union all

    select
        firm_id,
        bill_id,
        case when side = 'clio' then line_key end as clio_line_key,
        case when side = 'xero' then cast(line_key as integer) end as xero_line_position,
        line_status,
        cast(null as varchar) as role,
        group_key,
        case when side = 'clio' then compared_amount end as clio_amount,
        case when side = 'xero' then compared_amount end as xero_amount,
        cast(case when side = 'clio' then -compared_amount else compared_amount end as decimal(18, 2))
            as difference_amount,
        line_status = 'regrouped' as amount_agrees,
        false as terms_agree,
        cast(case when side = 'clio' then tax_amount end as decimal(18, 2)) as clio_tax_amount,
        cast(case when side = 'xero' then tax_amount end as decimal(18, 2)) as xero_tax_amount
    from lines_of_one_side

    union all

    -- What no line of the bill answers to by its nature: interest and discount are as they should be, a discount of
    -- another amount has changed, rounding is rounding.
    select
        pairs.firm_id,
        pairs.bill_id,
        cast(null as varchar) as clio_line_key,
        cast(lines.line_position as integer) as xero_line_position,
        case
            when lines.role = 'rounding' then 'rounding'
            when lines.role = 'discount' and lines.net_amount <> -pairs.discount_amount then 'amount_changed'
            else 'identical'
        end as line_status,
        lines.role,
        cast(null as varchar) as group_key,
        cast(
            case
                when lines.role = 'discount' and lines.net_amount <> -pairs.discount_amount then -pairs.discount_amount
            end as decimal(18, 2)
        ) as clio_amount,
        lines.net_amount as xero_amount,
        cast(
            case lines.role
                when 'rounding' then lines.net_amount
                when 'discount' then lines.net_amount + pairs.discount_amount
                else 0
            end as decimal(18, 2)
        ) as difference_amount,
        lines.role <> 'discount' or lines.net_amount = -pairs.discount_amount as amount_agrees,
        true as terms_agree,
        cast(null as decimal(18, 2)) as clio_tax_amount,
        lines.tax_amount as xero_tax_amount
    from {{ ref('int_invoice_lines_valued') }} as lines
    inner join {{ ref('int_pairs_compared') }} as pairs
        on lines.firm_id = pairs.firm_id and lines.invoice_id = pairs.invoice_id
    where lines.role is not null

)

select
    lines.*,
    bill_lines.price_in_cents,
    bill_lines.price_in_full,
    bill_lines.is_discount_spread as carries_a_share
from lines_of_every_status as lines
left join {{ ref('int_lines_to_align') }} as bill_lines
    on
        lines.firm_id = bill_lines.firm_id
        and lines.bill_id = bill_lines.bill_id
        and bill_lines.side = 'clio'
        and lines.clio_line_key = bill_lines.line_key
