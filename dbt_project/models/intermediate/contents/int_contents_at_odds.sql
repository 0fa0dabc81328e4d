-- What differs in the content of an approved bill and its live invoice before any payment, in figures: one row per live
-- pair and code. Where the currencies differ, no amount is compared.
{%- set codes = [
    ('currency_differs', 'not currency_agrees', 'ar_difference_amount'),
    ('discount_lost', "currency_agrees and net_outcome = 'discount_lost'", 'net_difference_amount'),
    ('amounts_differ', "currency_agrees and net_outcome = 'amounts_differ'", 'net_difference_amount'),
    ('lines_differ', "currency_agrees and net_outcome = 'lines_differ'", '0'),
    (
        'rounding',
        "currency_agrees and (has_net_rounding or tax_outcome = 'rounding')",
        "net_rounding_amount + case when tax_outcome = 'rounding' then tax_difference_amount else 0 end"
    ),
    ('tax_differs', "currency_agrees and tax_outcome = 'tax_differs'", 'tax_difference_amount'),
    ('line_tax_differs', "currency_agrees and tax_outcome <> 'tax_differs' and unequal_tax_count > 0", '0'),
    ('interest_not_mirrored', 'currency_agrees and interest_lacking_amount <> 0', '-interest_lacking_amount'),
    ('text_differs', 'currency_agrees and reworded_count > 0', '0'),
    ('date_differs', 'clio_issued_date <> xero_issued_date', '0'),
    ('due_date_differs', 'clio_due_date is distinct from xero_due_date', '0'),
    ('wrong_contact', 'not contact_agrees', '0'),
    ('renumbered', 'not number_agrees', '0'),
] %}
with

lines_of_each_pair as (

    select
        firm_id,
        bill_id,
        count(case when not amount_agrees and difference_amount <> 0 then 1 end) as unequal_amount_count,
        coalesce(max(case when not amount_agrees then abs(difference_amount) end), 0) as furthest_off_amount,
        coalesce(sum(case when not amount_agrees then abs(difference_amount) end), 0) as all_off_amount,
        count(
            case
                when line_status = 'text_changed' or (line_status = 'extra_in_xero' and xero_amount = 0) then 1
            end
        ) as reworded_count
    from {{ ref('int_lines_aligned') }}
    group by firm_id, bill_id

),

taxes_of_each_line as (

    -- Two lines that are one, or the lines of both sides that are one sum. What stands alone is told by its amount,
    -- and so is a tax that only takes back a cent of the net.
    select
        firm_id,
        bill_id,
        coalesce(group_key, clio_line_key) as line_or_group,
        abs(sum(coalesce(xero_tax_amount, 0)) - sum(coalesce(clio_tax_amount, 0))) > 0.02 * count(clio_line_key)
        and count(clio_line_key) = count(clio_tax_amount)
        and sum(coalesce(xero_tax_amount, 0)) - sum(coalesce(clio_tax_amount, 0)) + sum(difference_amount) <> 0
            as tax_is_unequal
    from {{ ref('int_lines_aligned') }}
    where group_key is not null or (clio_line_key is not null and xero_line_position is not null)
    group by firm_id, bill_id, coalesce(group_key, clio_line_key)

),

taxes_of_each_pair as (

    select
        firm_id,
        bill_id,
        count(case when tax_is_unequal then 1 end) as unequal_tax_count
    from taxes_of_each_line
    group by firm_id, bill_id

),

pairs_with_their_gaps as (

    select
        pairs.*,
        cast(pairs.net_difference_amount + pairs.rounding_line_amount as decimal(18, 2)) as net_gap_amount,
        cast(pairs.xero_tax_amount - pairs.clio_tax_amount as decimal(18, 2)) as tax_difference_amount,
        coalesce(lines.unequal_amount_count, 0) as unequal_amount_count,
        coalesce(lines.furthest_off_amount, 0) as furthest_off_amount,
        coalesce(lines.all_off_amount, 0) as all_off_amount,
        coalesce(lines.reworded_count, 0) as reworded_count,
        coalesce(taxes.unequal_tax_count, 0) as unequal_tax_count
    from {{ ref('int_pairs_compared') }} as pairs
    left join lines_of_each_pair as lines
        on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id
    left join taxes_of_each_pair as taxes
        on pairs.firm_id = taxes.firm_id and pairs.bill_id = taxes.bill_id
    where pairs.bill_class = 'approved' and pairs.invoice_class = 'live'

),

pairs_judged as (

    -- Rounding is a gap of a few cents with no line off by more than one; or one that the tax takes back, so that the
    -- gross totals are equal; or what a line of Xero books as such.
    select
        *,
        net_gap_amount <> 0
        and abs(net_gap_amount) <= 0.05
        and net_gap_amount + tax_difference_amount = 0 as gross_agrees,
        case
            when net_difference_amount = 0 and unequal_amount_count = 0 then 'agrees'
            when net_gap_amount = 0 and has_rounding_line and all_off_amount <= 0.10 then 'agrees'
            when net_difference_amount = 0 or net_gap_amount = 0 then 'lines_differ'
            when net_difference_amount = discount_amount and unequal_amount_count = 0 then 'discount_lost'
            when abs(net_difference_amount) <= 0.05 and furthest_off_amount <= 0.01 then 'rounding'
            when abs(net_gap_amount) <= 0.05 and net_gap_amount + tax_difference_amount = 0 then 'rounding'
            else 'amounts_differ'
        end as net_outcome
    from pairs_with_their_gaps

),

contents_compared as (

    select
        pairs.*,
        case
            when pairs.net_outcome = 'rounding' then pairs.net_gap_amount
            when pairs.net_gap_amount = 0 then 0
            else pairs.rounding_line_amount
        end as net_rounding_amount,
        pairs.net_outcome = 'rounding' or (pairs.has_rounding_line and pairs.net_gap_amount <> 0) as has_net_rounding,
        case
            when pairs.tax_difference_amount = 0 then 'agrees'
            when abs(pairs.tax_difference_amount) <= pairs.tax_rounding_limit or pairs.gross_agrees then 'rounding'
            else 'tax_differs'
        end as tax_outcome,
        case
            when pairs.has_interest_line then 0
            else cast(pairs.interest_amount - documents.interest_live_total_amount as decimal(18, 2))
        end as interest_lacking_amount,
        documents.ar_difference_amount,
        documents.changed_at
    from pairs_judged as pairs
    inner join {{ ref('int_documents_paired') }} as documents
        on pairs.firm_id = documents.firm_id and pairs.bill_id = documents.bill_id

)

{% for code, condition, effect in codes %}
    select
        firm_id,
        bill_id,
        invoice_id,
        '{{ code }}' as code,
        {% if code == 'date_differs' -%}
            case when date_trunc('month', clio_issued_date) <> date_trunc('month', xero_issued_date) then 'high' end
        {%- else -%}
            cast(null as varchar)
        {%- endif %} as severity,
        cast({{ effect }} as decimal(18, 2)) as ar_effect_amount,
        changed_at
    from contents_compared
    where {{ condition }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
