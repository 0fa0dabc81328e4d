-- Lines of an invoice that no line of the bill answers to, by their nature: the bill's interest, its discount, and
-- what the organisation books as rounding. Interest and discount are such a line only where the invoice has one
-- line more of that amount than the bill; of several, the one that says so, else the last.
with

pairs as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        bills.interest_amount,
        -bills.discount_amount as discount_line_amount
    from {{ ref('int_pairs_resolved') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id

),

rounding_lines as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        lines.line_position,
        'rounding' as role
    from pairs
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on
            lines.firm_id = accounts.firm_id
            and lines.account_id = accounts.account_id
            and accounts.system_account = 'ROUNDING'
    where abs(lines.net_amount) <= 0.10

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

lines_of_the_bill_counted as (

    select
        looked_for.firm_id,
        looked_for.bill_id,
        looked_for.role,
        count(*) as bill_line_count
    from amounts_looked_for as looked_for
    inner join {{ ref('int_bill_lines_valued') }} as lines
        on
            looked_for.firm_id = lines.firm_id
            and looked_for.bill_id = lines.bill_id
            and looked_for.amount = lines.net_amount
    group by looked_for.firm_id, looked_for.bill_id, looked_for.role

),

lines_of_the_invoice_ranked as (

    select
        looked_for.firm_id,
        looked_for.bill_id,
        looked_for.invoice_id,
        looked_for.role,
        lines.line_position,
        row_number() over (
            partition by looked_for.firm_id, looked_for.bill_id, looked_for.role
            order by contains(lines.text_key, looked_for.role) desc, lines.line_position desc
        ) as line_rank,
        count(*) over (partition by looked_for.firm_id, looked_for.bill_id, looked_for.role) as invoice_line_count
    from amounts_looked_for as looked_for
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            looked_for.firm_id = lines.firm_id
            and looked_for.invoice_id = lines.invoice_id
            and looked_for.amount = lines.net_amount

)

select
    ranked.firm_id,
    ranked.bill_id,
    ranked.invoice_id,
    ranked.line_position,
    ranked.role
from lines_of_the_invoice_ranked as ranked
left join lines_of_the_bill_counted as counted
    on
        ranked.firm_id = counted.firm_id
        and ranked.bill_id = counted.bill_id
        and ranked.role = counted.role
where ranked.line_rank = 1 and ranked.invoice_line_count > coalesce(counted.bill_line_count, 0)

union all

select
    firm_id,
    bill_id,
    invoice_id,
    line_position,
    role
from rounding_lines
