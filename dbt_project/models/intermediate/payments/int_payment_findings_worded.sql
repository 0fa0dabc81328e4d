-- Section 6 in a bookkeeper's words.
with

findings_with_both_sides as (

    select
        findings.*,
        'Bill ' || coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')') || ' for '
        || coalesce(bills.client_name, 'no client') as the_bill,
        'invoice ' || coalesce(invoices.invoice_number, 'without a number') as the_invoice,
        findings.kind || ' of ' || {{ money_text('coalesce(findings.clio_amount, findings.xero_amount)') }} || ' of '
        || coalesce(cast(coalesce(findings.clio_date, findings.xero_date) as varchar), 'no date') as the_payment,
        {{ money_text('findings.clio_amount') }} || ' of ' || coalesce(cast(findings.clio_date as varchar), 'no date')
            as clio_value,
        {{ money_text('findings.xero_amount') }} || ' of ' || coalesce(cast(findings.xero_date as varchar), 'no date')
            as xero_value,
        coalesce(accounts.account_code || ' ', '') || coalesce(accounts.account_name, 'an unknown account') as account,
        findings.clio_amount is not null as is_in_clio,
        case when findings.clio_source = 'trust' then ' from trust' else '' end as from_trust
    from {{ ref('int_payment_findings') }} as findings
    inner join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
    left join {{ ref('stg_xero__accounts') }} as accounts
        on findings.firm_id = accounts.firm_id and findings.xero_account_id = accounts.account_id

)

select
    firm_id,
    code,
    code || '|' || {{ subject_key('clio', 'bill_id') }} || '|' || entry_key as finding_key,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    entry_key as detail_key,
    bill_id,
    invoice_id,
    amount,
    ar_effect_amount,
    least(clio_date, xero_date) as since_date,
    clio_value,
    case when code = 'payment_in_wrong_account' then xero_value || ' in ' || account else xero_value end as xero_value,
    case
        when code in ('paid_in_clio_open_in_xero', 'credit_one_side') and is_in_clio
            then the_bill || ' has a ' || the_payment || from_trust || ' in Clio that ' || the_invoice
                || ' lacks in Xero.'
        when code in ('paid_in_xero_open_in_clio', 'credit_one_side')
            then the_bill || ': ' || the_invoice || ' has a ' || the_payment
                || ' in Xero that the bill lacks in Clio.'
        when code = 'payment_amount_differs'
            then the_bill || ': the ' || kind || ' of ' || coalesce(cast(clio_date as varchar), 'no date') || ' is '
                || {{ money_text('clio_amount') }}
                || ' in Clio and ' || {{ money_text('xero_amount') }} || ' in Xero.'
        when code = 'payment_duplicated'
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' repeats another one of the same amount in Xero. Clio has it once.'
        when code = 'payment_reversed_one_side' and is_in_clio
            then the_bill || ': the ' || the_payment || from_trust
                || ' stands in Clio, while a payment of that amount was deleted in Xero.'
        when code = 'payment_reversed_one_side'
            then the_bill || ': the ' || the_payment || ' stands on ' || the_invoice
                || ' in Xero, while a payment of that amount was voided in Clio.'
        when code = 'payment_on_wrong_bill' and is_in_clio
            then the_bill || ': the ' || the_payment || from_trust
                || ' in Clio stands on another invoice of the same client in Xero.'
        when code = 'payment_on_wrong_bill'
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' in Xero belongs to another bill of the same client in Clio.'
        when code = 'payment_in_wrong_account'
            then the_bill || ': the ' || the_payment || from_trust || ' was booked to ' || account
                || ' in Xero, which is not the account that Clio''s is mapped to.'
        when code = 'payment_period_differs'
            then the_bill || ': the payment of ' || {{ money_text('clio_amount') }} || ' is of ' || clio_date
                || ' in Clio and of ' || xero_date || ' in Xero, in another month.'
    end || case when blocked_by is not null then ' Xero takes it only once the draft is approved.' else '' end
        as explanation,
    case
        when blocked_by is not null then 'Approve the invoice first, then record the ' || kind || ' in Xero.'
        when code in ('paid_in_clio_open_in_xero', 'credit_one_side') and is_in_clio
            then 'Record the ' || kind || ' in Xero, or take it back in Clio if it never happened.'
        when code in ('paid_in_xero_open_in_clio', 'credit_one_side')
            then 'Record the ' || kind || ' in Clio, or take it off the invoice in Xero if it never happened.'
        when code = 'payment_amount_differs' then 'Find the right amount and correct the other side.'
        when code = 'payment_duplicated' then 'Remove the second payment in Xero.'
        when code = 'payment_reversed_one_side' and is_in_clio
            then 'Void the payment in Clio, or record it again in Xero.'
        when code = 'payment_reversed_one_side'
            then 'Remove the payment in Xero, or record it again in Clio.'
        when
            code = 'payment_on_wrong_bill'
            then 'Move the payment in Xero to the invoice of the bill that Clio has it on.'
        when code = 'payment_in_wrong_account' then 'Remove the payment in Xero and record it in the mapped account.'
        when code = 'payment_period_differs' then 'Give the payment one day on both sides.'
    end as suggested_action,
    blocked_by,
    group_id,
    changed_at
from findings_with_both_sides
