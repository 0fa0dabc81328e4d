-- What is wrong with payments, credits and other money, in a bookkeeper's words: the templates in
-- macros/words/payments_*.sql say it. What is found of a pair comes in the currency of its two documents.
with

money_found as (

    select
        *,
        {{ money_found_in_words() }} as money_in_words
    from {{ ref('int_money_candidates') }}

),

what_each_may_be as (

    select
        firm_id,
        set_key,
        max(candidate_count) as candidate_count,
        case when max(candidate_count) = 1 then max(thing_kind) end as only_kind,
        case when max(candidate_count) = 1 then max(thing_id) end as only_id,
        ' and ' || nullif(max(candidate_count) - count(*), 0) || ' more' as and_more,
        string_agg({{ at_most('money_in_words', 150) }}, '; ' order by place)
        || coalesce(';' || and_more, '') as candidates,
        string_agg({{ number_and_id('thing_number', 'thing_id') }}, ', ' order by place)
        || coalesce(',' || and_more, '') as candidate
    from money_found
    group by firm_id, set_key

),

findings_with_both_sides as (

    select
        findings.*,
        coalesce(may_be.candidate_count, 0) as candidate_count,
        may_be.only_kind,
        may_be.candidates,
        may_be.candidate,
        {{ bill_number_in_words('bills.bill_number', 'bills.bill_id') }} as its_number,
        'bill ' || its_number as its_bill,
        'Bill ' || its_number || ' for ' || coalesce(bills.client_name, 'no client') as the_bill,
        {{ invoice_in_words('invoices') }} as the_invoice,
        case
            when coalesce(findings.clio_amount, findings.xero_amount) > 0 then findings.kind
            when findings.kind = 'payment' then 'refund'
            else 'use'
        end as the_kind,
        {{ money_text('abs(coalesce(findings.clio_amount, findings.xero_amount))') }} || ' ' || the_kind
        || coalesce(' dated ' || coalesce(findings.clio_date, findings.xero_date), ' without a date') as the_payment,
        {{ money_text('findings.clio_amount') }} || ' of ' || coalesce(cast(findings.clio_date as varchar), 'no date')
            as clio_value,
        {{ money_text('findings.xero_amount') }} || ' of ' || coalesce(cast(findings.xero_date as varchar), 'no date')
            as xero_value,
        coalesce(nullif(concat_ws(' ', accounts.account_code, accounts.account_name), ''), 'an unknown account')
            as account,
        findings.clio_amount is not null as is_in_clio,
        case when findings.clio_source = 'trust' then ' from trust' else '' end as from_trust,
        coalesce(' into ' || findings.right_accounts, '')
        || case
            when findings.right_accounts is not null and findings.liability_account is not null then ', or' else ''
        end
        || coalesce(' against ' || findings.liability_account, '') as to_its_account,
        coalesce(nullif(findings.right_accounts, ''), 'the account mapped to Clio''s') as rightful_accounts,
        coalesce(', against ' || findings.liability_account || ' and not into a bank account', '') as against_liability,
        case
            when
                may_be.only_kind in ('credit note', 'overpayment', 'prepayment')
                and count(*) over (partition by findings.firm_id, may_be.only_id, may_be.only_kind) = 1
                then {{ group_of_money('findings.firm_id', 'findings.set_key') }}
        end as group_with_credit_id,
        -- A payment that is to have one day in both systems may have to go to the earlier of the two.
        {{ locked_books_first(
            "case findings.code when 'payment_period_differs' then least(findings.xero_date, findings.clio_date) "
            ~ "else coalesce(findings.xero_date, findings.clio_date) end",
            'firms.locked_until_date'
        ) }} as locked_first,
        coalesce(
            'Ask first whether it stands for the difference of ' || {{ money_text('findings.makes_up_for_amount') }}
            || ' between bill and invoice, which it makes up for, so that both ask for the same. If it does, leave '
            || 'both and accept the two rows. If it does not: ', ''
        ) as making_up_first,
        case
            when findings.is_in_batch
                then ' It is part of a batch payment, which Xero only takes back whole: enter the others again.'
            else ''
        end as of_the_batch
    from {{ ref('int_payments_at_odds') }} as findings
    inner join {{ ref('int_firms') }} as firms
        on findings.firm_id = firms.firm_id
    inner join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
    left join {{ ref('stg_xero__accounts') }} as accounts
        on findings.firm_id = accounts.firm_id and findings.xero_account_id = accounts.account_id
    left join what_each_may_be as may_be
        on findings.firm_id = may_be.firm_id and findings.set_key = may_be.set_key
    where not findings.is_said_of_its_account

),

findings_with_their_step as (

    select
        *,
        coalesce(
            max(case when is_in_clio then its_bill end) over of_one_group, 'the one in Clio'
        ) as the_bill_of_clio,
        coalesce(
            max(case when not is_in_clio then its_bill end) over of_one_group, 'the one in Xero'
        ) as the_bill_of_xero,
        coalesce(
            max(case when is_in_clio then the_invoice end) over of_one_group, 'the invoice of that bill'
        ) as the_invoice_of_clio,
        coalesce(
            max(case when not is_in_clio then the_invoice end) over of_one_group, 'another invoice'
        ) as the_invoice_of_xero,
        {{ step_for_what_xero_lacks() }} as step_for_xero,
        {{ step_for_what_clio_lacks() }} as step_for_clio
    from findings_with_both_sides
    window of_one_group as (partition by firm_id, code, coalesce(group_id, set_key))

),

payments_lacking as (

    select
        firm_id,
        credit_id,
        unnest(payment_set_keys) as set_key
    from {{ ref('int_money_at_odds') }}

),

payments_that_a_credit_may_be as (

    select
        payments.firm_id,
        payments.credit_id,
        string_agg(
            'invoice ' || coalesce(invoices.invoice_number, 'without a number') || ', on which '
            || {{ money_text('sets.clio_amount') }} || coalesce(' dated ' || sets.clio_date, '') || ' is missing',
            '; ' order by sets.clio_date, sets.set_key
        ) as lacking
    from payments_lacking as payments
    inner join {{ ref('int_payment_sets') }} as sets
        on payments.firm_id = sets.firm_id and payments.set_key = sets.set_key
    inner join {{ ref('int_documents_paired') }} as documents
        on sets.firm_id = documents.firm_id and sets.bill_id = documents.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    group by payments.firm_id, payments.credit_id

),

money_with_what_it_names as (

    select
        money.*,
        firms.xero_short_code,
        bills.bill_number,
        bills.client_name as bill_client_name,
        payments.lacking
    from {{ ref('int_money_at_odds') }} as money
    inner join {{ ref('int_firms') }} as firms
        on money.firm_id = firms.firm_id
    left join {{ ref('int_bills_valued') }} as bills
        on money.firm_id = bills.firm_id and money.bill_id = bills.bill_id
    left join payments_that_a_credit_may_be as payments
        on money.firm_id = payments.firm_id and money.credit_id = payments.credit_id

)

select
    firm_id,
    true as is_in_document_currency,
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
    {{ payment_explained() }} as explanation,
    {{ payment_action() }} as suggested_action,
    case
        when code in (
                'paid_in_clio_open_in_xero', 'paid_in_xero_open_in_clio', 'credit_one_side', 'payment_reversed_one_side'
            )
            then candidate
    end as candidate,
    blocked_by,
    coalesce(group_id, group_with_credit_id) as group_id,
    changed_at
from findings_with_their_step

union all by name

select
    firm_id,
    false as is_in_document_currency,
    code,
    case code
        when 'unapplied_credit' then 'unapplied_credit|' || credit_id
        when 'card_payment_pending' then 'card_payment_pending|' || {{ subject_key('clio', 'bill_id') }}
        when 'systemic_cause' then 'systemic_cause|clearing_account|' || account_id
        else code
    end as finding_key,
    coalesce({{ subject_key('xero-credit', 'credit_id') }}, {{ subject_key('clio', 'bill_id') }}, 'firm')
        as subject_key,
    coalesce(credit_number, credit_kind || coalesce(' of ' || since_date, ''), account) as subject_label,
    'clearing_account|' || account_id as detail_key,
    bill_id,
    invoice_id,
    client_name,
    amount,
    ar_effect_amount,
    document_amount,
    since_date,
    {{ money_in_clio() }} as clio_value,
    {{ money_in_xero() }} as xero_value,
    {{ money_explained() }} as explanation,
    {{ money_action() }} as suggested_action,
    cast(difference_amount as varchar) as difference,
    group_id,
    {{ xero_page('xero_short_code', 'contacts/contact', 'contact_id') }} as xero_url,
    changed_at
from money_with_what_it_names
