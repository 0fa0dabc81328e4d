-- What differs in the content, in a bookkeeper's words.
with

credits_that_make_up as (

    {{ credits_that_make_up() }}

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
        'Bill ' || coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')')
        || coalesce(' for ' || bills.client_name, '') as the_bill,
        'invoice ' || coalesce(invoices.invoice_number, 'without a number') as the_invoice,
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
        case findings.code
            when 'currency_differs' then bills.currency_code || ' ' || {{ money_text('bills.balance_amount') }}
            when 'discount_lost' then 'net ' || {{ money_text('bills.net_amount') }}
            when 'amounts_differ' then 'net ' || {{ money_text('bills.net_amount') }}
            when 'lines_differ' then 'net ' || {{ money_text('bills.net_amount') }}
            when 'rounding'
                then 'net ' || {{ money_text('bills.net_amount') }} || ', tax ' || {{ money_text('bills.tax_amount') }}
            when 'tax_differs' then 'tax ' || {{ money_text('bills.tax_amount') }}
            when 'line_tax_differs' then 'tax ' || {{ money_text('bills.tax_amount') }}
            when 'interest_not_mirrored' then 'interest ' || {{ money_text('bills.interest_amount') }}
            when 'date_differs' then cast(bills.issued_date as varchar)
            when 'due_date_differs' then cast(bills.due_date as varchar)
            when 'wrong_contact' then bills.client_name
            when 'renumbered' then bills.bill_number
        end as clio_value,
        case findings.code
            when 'currency_differs' then invoices.currency_code || ' ' || {{ money_text('invoices.due_amount') }}
            when 'discount_lost' then 'net ' || {{ money_text('pairs.xero_net_amount') }}
            when 'amounts_differ' then 'net ' || {{ money_text('pairs.xero_net_amount') }}
            when 'lines_differ' then 'net ' || {{ money_text('pairs.xero_net_amount') }}
            when 'rounding'
                then 'net ' || {{ money_text('pairs.xero_net_amount') }}
                    || ', tax ' || {{ money_text('invoices.tax_amount') }}
            when 'tax_differs' then 'tax ' || {{ money_text('invoices.tax_amount') }}
            when 'line_tax_differs' then 'tax ' || {{ money_text('invoices.tax_amount') }}
            when 'date_differs' then cast(invoices.issued_date as varchar)
            when 'due_date_differs' then cast(invoices.due_date as varchar)
            when 'wrong_contact' then invoices.contact_name
            when 'renumbered' then invoices.invoice_number
        end as xero_value,
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
    case code
        when 'currency_differs'
            then the_bill || ' is in ' || clio_value || ', ' || the_invoice || ' in ' || xero_value
                || '. Their amounts are not compared.'
        when 'discount_lost'
            then the_bill || ' has a discount of ' || {{ money_text('discount_amount') }} || discount_rate
                || ' that is not on ' || the_invoice || ': ' || clio_value || ' in Clio, ' || xero_value
                || ' in Xero. The lines agree.'
        when 'amounts_differ'
            then the_bill || ' has ' || clio_value || ' before tax, ' || the_invoice || ' has ' || xero_value || '.'
                || amount_edits
        when 'lines_differ'
            then the_bill || ' and ' || the_invoice || ' have the same net, yet not the same lines.' || amount_edits
        when 'rounding'
            then the_bill || ' and ' || the_invoice
                || case
                    when ar_effect_amount = 0 then ' have the same total, rounded otherwise between net and tax ('
                    else ' differ by ' || {{ money_text('ar_effect_amount') }} || ' of rounding ('
                end
                || clio_value || ' in Clio; ' || xero_value || ' in Xero).'
        when 'tax_differs'
            then the_bill || ' has ' || clio_value || ', ' || the_invoice || ' has ' || xero_value || '.' || tax_edits
        when 'line_tax_differs'
            then the_bill || ' and ' || the_invoice || ' agree in tax as a whole, not line by line.' || tax_edits
        when 'interest_not_mirrored'
            then the_bill || ' carries ' || clio_value || ' that neither ' || the_invoice
                || ' nor an invoice of its own has in Xero.'
        when 'text_differs'
            then the_bill || ' and ' || the_invoice || ' agree in amounts, not in wording. Change in Xero: '
                || text_edits || '.'
        when 'date_differs'
            then the_bill || ' is issued on ' || clio_value || ', ' || the_invoice || ' on ' || xero_value || '.'
        when 'due_date_differs'
            then the_bill || coalesce(' is due on ' || clio_value, ' has no due date') || ', ' || the_invoice
                || coalesce(
                    case when clio_value is null then ' is due' else '' end || ' on ' || xero_value, ' has none'
                )
                || '.'
        when 'wrong_contact'
            then the_bill || ' stands in Xero as ' || the_invoice || ' under another contact, '
                || coalesce(xero_value, 'none') || '.'
        when 'renumbered'
            then the_bill || ' stands in Xero as ' || the_invoice || '.'
    end as explanation,
    case code
        when 'currency_differs'
            then 'Ask which currency was agreed. If that of the invoice, change the bill in Clio. If that of the bill, '
                || 'take off what is on the invoice, renumber and void it in Xero; then save the bill in Clio so that '
                || 'it is sent in its own currency.'
        when 'discount_lost'
            then before_an_edit || 'Enter the discount of ' || {{ money_text('discount_amount') }} || discount_rate
                || ' on ' || the_invoice || ' in Xero.'
        when 'amounts_differ' then before_an_edit || 'Edit the listed lines of the invoice in Xero.'
        when 'lines_differ' then before_an_edit || 'Edit the listed lines of the invoice in Xero.'
        when 'rounding' then 'Nothing to do.'
        when 'tax_differs' then before_an_edit || 'Correct the tax rates of the lines in Xero.'
        when 'line_tax_differs' then before_an_edit || 'Correct the tax of the listed lines in Xero.'
        when 'interest_not_mirrored'
            then 'Raise the interest of ' || {{ money_text('interest_amount') }} || ' as an invoice in Xero, or waive'
                || ' it in Clio.'
        when 'text_differs' then 'Edit the wording in Xero if the invoice is sent or printed from there.'
        when 'date_differs'
            then before_an_edit || 'Set the issue date of ' || the_invoice || ' in Xero to '
                || coalesce(clio_value, 'that of the bill') || '.'
        when 'due_date_differs'
            then
                case
                    when clio_value is null then 'Set the due date of the bill in Clio to ' || xero_value || '.'
                    else 'Set the due date of ' || the_invoice || ' in Xero to ' || clio_value || '.'
                end
        when 'wrong_contact'
            then 'Move the invoice to the contact of ' || coalesce(clio_value, 'the client')
                || ' in Xero. If the two are one client, say so: tieout link ' || firm_id || ' ' || bill_id || ' '
                || invoice_id || ' --by "YOUR NAME" --reason "same client"'
        when 'renumbered'
            then 'Give ' || the_invoice || ' the number of the bill in Xero'
                || coalesce(', ' || clio_value, '') || '.'
    end as suggested_action,
    also_says,
    changed_at
from findings_with_both_sides
