-- The lines of an invoice. One without an amount books nothing, yet the client reads its text; one without either
-- says nothing. Some have a role, to which no line of the bill answers by its nature: the bill's interest, its
-- discount, and rounding. Interest and discount are such a line only where the invoice has one line more of that amount
-- than the bill; of several, the one that says so, else the last. A line below zero that speaks of a discount is the
-- bill's discount, whatever its amount.
with

lines_valued as (

    select
        lines.firm_id,
        lines.invoice_id,
        coalesce(lines.line_item_id, 'line ' || lines.position) as line_item_id,
        lines.position as line_position,
        lines.position + 1 as line_number,
        lines.description,
        {{ text_key('lines.description') }} as text_key,
        lines.quantity,
        lines.unit_amount,
        coalesce(lines.discount_rate, 0) as discount_rate,
        coalesce(lines.discount_amount, 0) as discount_amount,
        coalesce(lines.discount_rate, 0) <> 0 or coalesce(lines.discount_amount, 0) <> 0 as is_discounted,
        {{ net_of_line('lines', 'invoices') }} as net_amount,
        cast(coalesce(lines.tax_amount, 0) as decimal(18, 2)) as tax_amount,
        lines.account_code,
        lines.account_id
    from {{ ref('stg_xero__invoice_lines') }} as lines
    inner join {{ ref('int_sales_invoices') }} as invoices
        on lines.firm_id = invoices.firm_id and lines.invoice_id = invoices.invoice_id
    where coalesce(lines.line_amount, 0) <> 0 or coalesce(trim(lines.description), '') <> ''

),

pairs as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        bills.interest_amount,
        -bills.discount_amount as discount_line_amount
    from {{ ref('int_pairs') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id

),

lines_with_money as (

    select * from lines_valued
    where net_amount <> 0

),

amounts_looked_for as (

    select
        firm_id,
        bill_id,
        invoice_id,
        'interest' as role,
        interest_amount as amount
    from pairs
    where interest_amount <> 0

    union all

    select
        firm_id,
        bill_id,
        invoice_id,
        'discount' as role,
        discount_line_amount as amount
    from pairs
    where discount_line_amount <> 0

),

{{ lines_beyond_those_of_the_bill('amounts_looked_for', 'lines_valued') }},

-- What says what it is: a discount of another amount than the bill's, a rounding of a few cents. Where the bill has
-- a line of that text and amount it is that line.
lines_that_say_so as (

    select
        pairs.firm_id,
        pairs.invoice_id,
        lines.line_position,
        case
            when lines.net_amount < 0 and contains(lines.text_key, 'discount') then 'discount'
            else 'rounding'
        end as role
    from pairs
    inner join lines_with_money as lines
        on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id
    left join {{ ref('stg_xero__accounts') }} as accounts
        on
            lines.firm_id = accounts.firm_id
            and accounts.system_account = 'ROUNDING'
            and (lines.account_id = accounts.account_id or lines.account_code = accounts.account_code)
    left join {{ ref('int_bill_lines_valued') }} as bill_lines
        on
            pairs.firm_id = bill_lines.firm_id
            and pairs.bill_id = bill_lines.bill_id
            and lines.text_key = bill_lines.text_key
            and lines.net_amount = bill_lines.net_amount
    where
        bill_lines.bill_id is null
        and (
            (
                abs(lines.net_amount) <= 0.10
                and (accounts.account_id is not null or regexp_matches(lines.text_key, '\brounding\b'))
            )
            or (
                pairs.discount_line_amount < 0
                and lines.net_amount < 0
                and contains(lines.text_key, 'discount')
            )
        )
    qualify
        role = 'rounding'
        or row_number() over (
            partition by pairs.firm_id, pairs.bill_id, role order by lines.line_position desc
        ) = 1

),

roles as (

    select
        said.firm_id,
        said.invoice_id,
        said.line_position,
        said.role
    from lines_that_say_so as said
    left join lines_of_that_amount as known
        on
            said.firm_id = known.firm_id
            and said.invoice_id = known.invoice_id
            and (said.line_position = known.line_position or (said.role = 'discount' and known.role = 'discount'))
    where known.invoice_id is null

    union all

    select
        firm_id,
        invoice_id,
        line_position,
        role
    from lines_of_that_amount
    -- A line may be both by its amount: interest of the size of the discount would have the other sign, so it is one.
    qualify row_number() over (partition by firm_id, invoice_id, line_position order by role) = 1

)

select
    lines.*,
    roles.role
from lines_valued as lines
left join roles
    on
        lines.firm_id = roles.firm_id
        and lines.invoice_id = roles.invoice_id
        and lines.line_position = roles.line_position
