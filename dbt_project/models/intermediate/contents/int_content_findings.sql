-- What differs in the content, in a bookkeeper's words: the templates in macros/words/contents_*.sql say it.
with

credits_that_make_up as (

    select distinct
        firm_id,
        bill_id,
        makes_up_for_amount as amount,
        case when clio_amount is not null then 'Clio' else 'Xero' end as credited_in
    from {{ ref('int_payments_at_odds') }}
    where makes_up_for_amount is not null

),

edits_that_a_finding_lists as (

    select
        firm_id,
        bill_id,
        md5(string_agg(case when line_status = 'text_changed' then edit end, '|' order by edit_order)) as texts_key,
        md5(string_agg(case when line_status <> 'text_changed' then edit end, '|' order by edit_order)) as amounts_key
    from {{ ref('int_line_edits') }}
    group by firm_id, bill_id

),

edits_by_what_they_mend as (

    select
        firm_id,
        bill_id,
        'wording' as mended,
        edit,
        edit_order
    from {{ ref('int_line_edits') }}
    where line_status = 'text_changed' or (line_status = 'extra_in_xero' and xero_amount = 0)

    union all

    select
        firm_id,
        bill_id,
        'amount' as mended,
        edit,
        edit_order
    from {{ ref('int_line_edits') }}
    where line_status <> 'regrouped' and target_amount is distinct from xero_amount

    union all

    select
        firm_id,
        bill_id,
        'tax' as mended,
        edit,
        edit_order
    from {{ ref('int_line_edits') }}
    where line_status <> 'regrouped' and target_tax_amount is distinct from xero_tax_amount

),

lists_of_edits as (

    select
        firm_id,
        bill_id,
        mended,
        {{ listed('list(edit order by edit_order)', budget=500) }} as listed
    from edits_by_what_they_mend
    group by firm_id, bill_id, mended

),

edits_of_each_pair as (

    select
        firm_id,
        bill_id,
        max(case when mended = 'wording' then listed end) as text_edits,
        max(case when mended = 'amount' then listed end) as amount_edits,
        max(case when mended = 'tax' then listed end) as tax_edits
    from lists_of_edits
    group by firm_id, bill_id

),

findings_with_both_sides as (

    select
        findings.*,
        {{ bill_in_words('bills') }} as the_bill,
        {{ invoice_in_words('invoices') }} as the_invoice,
        ' Change in Xero: '
        || coalesce(edits.amount_edits, 'the lines add up to another net')
        || '.' as amount_edits,
        edits.text_edits,
        coalesce(' Change in Xero: ' || edits.tax_edits || '.', '') as tax_edits,
        {{ discount_rate_text('bills.discount_type', 'source.discount_rate') }} as discount_rate,
        case
            when findings.code = 'text_differs' then lines.texts_key
            when findings.code in ('amounts_differ', 'lines_differ', 'discount_lost') then lines.amounts_key
        end as also_says,
        bills.interest_amount,
        bills.discount_amount,
        {{ content_in_clio() }} as clio_value,
        {{ content_in_xero() }} as xero_value,
        case
            when invoices.paid_amount <> 0 or invoices.credited_amount <> 0
                then 'Xero edits no invoice while a payment or credit is applied to it. '
            else ''
        end
        || {{ locked_books_first('invoices.issued_date', 'firms.locked_until_date') }}
        || coalesce(
            'Ask first: a credit of ' || {{ money_text('credits.amount') }} || ' that stands in '
            || credits.credited_in || ' alone makes up for it, so that both ask for the same. If it stands for this '
            || 'difference, leave both and accept the two rows. If it does not: ', ''
        ) as before_an_edit
    from {{ ref('int_contents_at_odds') }} as findings
    inner join {{ ref('int_firms') }} as firms
        on findings.firm_id = firms.firm_id
    inner join {{ ref('int_pairs_compared') }} as pairs
        on findings.firm_id = pairs.firm_id and findings.bill_id = pairs.bill_id
    inner join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
    inner join {{ ref('stg_clio__bills') }} as source
        on findings.firm_id = source.firm_id and findings.bill_id = source.bill_id
    left join credits_that_make_up as credits
        on
            findings.firm_id = credits.firm_id
            and findings.bill_id = credits.bill_id
            and findings.code in ('discount_lost', 'amounts_differ', 'tax_differs')
    left join edits_that_a_finding_lists as lines
        on findings.firm_id = lines.firm_id and findings.bill_id = lines.bill_id
    left join edits_of_each_pair as edits
        on findings.firm_id = edits.firm_id and findings.bill_id = edits.bill_id

)

select
    firm_id,
    code,
    severity,
    code || '|' || {{ subject_key('clio', 'bill_id') }} as finding_key,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    bill_id,
    invoice_id,
    cast(abs(ar_effect_amount) as decimal(18, 2)) as amount,
    ar_effect_amount,
    clio_value,
    xero_value,
    {{ content_explained() }} as explanation,
    {{ content_action() }} as suggested_action,
    also_says,
    changed_at
from findings_with_both_sides
