-- Payments and credits that differ, in a bookkeeper's words. Before a row says that money is to be recorded, the books
-- were searched for it: what was found is named, and is to be matched, applied or moved, never recorded again.
with

credits_that_make_up as (

    {{ credits_that_make_up() }}

),

what_each_may_be as (

    select
        firm_id,
        set_key,
        max(candidate_count) as candidate_count,
        case when max(candidate_count) = 1 then max(thing_kind) end as only_kind,
        case when max(candidate_count) = 1 then max(thing_id) end as only_id,
        ' and ' || nullif(max(candidate_count) - count(*), 0) || ' more' as and_more,
        string_agg({{ at_most('words', 150) }}, '; ' order by place) || coalesce(';' || and_more, '') as candidates,
        string_agg({{ number_and_id('thing_number', 'thing_id') }}, ', ' order by place)
        || coalesce(',' || and_more, '') as candidate
    from {{ ref('int_money_candidates') }}
    group by firm_id, set_key

),

findings_with_both_sides as (

    select
        findings.*,
        coalesce(may_be.candidate_count, 0) as candidate_count,
        may_be.only_kind,
        may_be.candidates,
        may_be.candidate,
        coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')') as its_number,
        'bill ' || its_number as its_bill,
        'Bill ' || its_number || ' for ' || coalesce(bills.client_name, 'no client') as the_bill,
        invoices.document_kind || ' ' || coalesce(invoices.invoice_number, 'without a number') as the_invoice,
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
            'Ask first whether it stands for the difference of ' || {{ money_text('credits.amount') }}
            || ' between bill and invoice, which it makes up for, so that both ask for the same. If it does, leave '
            || 'both and accept the two rows. If it does not: ', ''
        ) as making_up_first,
        case
            when findings.is_in_batch
                then ' It is part of a batch payment, which Xero only takes back whole: enter the others again.'
            else ''
        end as of_the_batch
    from {{ ref('int_payment_findings') }} as findings
    inner join {{ ref('int_firms') }} as firms
        on findings.firm_id = firms.firm_id
    inner join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on findings.firm_id = invoices.firm_id and findings.invoice_id = invoices.invoice_id
    left join credits_that_make_up as credits
        on
            findings.firm_id = credits.firm_id
            and findings.bill_id = credits.bill_id
            and findings.code = 'credit_one_side'
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
        case
            when candidate_count > 1
                then 'Ask which of these it is: ' || candidates || '. Match, apply or move that one to ' || the_invoice
                    || '; book nothing new before that is known.'
            when only_kind = 'other kind'
                then 'Find out whether it is a payment or a credit, and correct the side that has the other.'
            when only_kind = 'bank money'
                then 'Match ' || candidates || ' to ' || the_invoice || ' in Xero, in place of how it is booked there.'
            when only_kind = 'transfer'
                then 'Put the payment on ' || the_invoice || ' in Xero' || against_liability || ': ' || candidates
                    || ' has moved the money already.'
            when only_kind = 'payment'
                then 'Move ' || candidates || ' to ' || the_invoice || ' in Xero if it is the same money.'
            when candidate_count = 1
                then 'Apply ' || {{ money_text('clio_amount') }} || ' of ' || candidates || ' to ' || the_invoice
                    || ' in Xero.'
            when the_kind = 'use'
                then 'Apply the credit note in Xero as Clio has it, or take it back in Clio.'
            when the_kind = 'refund' and code = 'paid_in_clio_open_in_xero'
                then 'Record the refund in Xero on the credit it was paid from, or take it back in Clio if it never'
                    || ' happened.'
            when code = 'payment_reversed_one_side'
                then 'Void the payment in Clio if it was taken back; if it holds, record it again in Xero'
                    || to_its_account || '.'
            else 'Record the ' || kind || ' in Xero' || to_its_account
                || ', or take it back in Clio if it never happened.'
        end as step_for_xero,
        case
            when candidate_count > 1
                then 'Ask which of these it is: ' || candidates || '. Move the payment in the system that has it wrong;'
                    || ' book nothing new before that is known.'
            when only_kind = 'other kind'
                then 'Find out whether it is a payment or a credit, and correct the side that has the other.'
            when candidate_count = 1
                then 'Find out which of the two is right: ' || candidates
                    || ', or this one. Move it in the other system.'
            when code = 'payment_reversed_one_side'
                then 'Remove the payment in Xero if it was taken back; if it holds, record it again in Clio.'
            when the_kind = 'use'
                then 'Use the credit in Clio as in Xero, on both bills, or take it off the invoice in Xero.'
            when the_kind = 'refund'
                then 'Record the refund in Clio, or remove it in Xero if it never happened.'
            else 'Record the ' || kind || ' in Clio, or take it off the invoice in Xero if it never happened.'
        end || of_the_batch as step_for_clio
    from findings_with_both_sides
    window of_one_group as (partition by firm_id, code, coalesce(group_id, set_key))

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
            then the_bill || ': the ' || the_payment || from_trust || ' in Clio is not on ' || the_invoice
                || ' in Xero.'
        when code in ('paid_in_xero_open_in_clio', 'credit_one_side')
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' in Xero is not on the bill in Clio.'
        when code = 'payment_amount_differs'
            then the_bill || ': the ' || the_payment || ' in Clio is ' || {{ money_text('xero_amount') }}
                || ' in Xero, dated ' || xero_date || '.'
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
                || ' in Clio stands on ' || the_invoice_of_xero || ' of the same client in Xero.'
        when code = 'payment_on_wrong_bill'
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' in Xero stands on ' || the_bill_of_clio || ' of the same client in Clio.'
        when code = 'payment_in_wrong_account' and is_fee_leg
            then the_bill || ': the ' || xero_value || from_trust || ', beside the money at the bank, was booked to '
                || account || ' in Xero, which is no account for fees.'
        when code = 'payment_in_wrong_account'
            then the_bill || ': the ' || xero_value || from_trust || ' was booked to ' || account
                || ' in Xero. By the firm''s settings it belongs in ' || rightful_accounts || '.'
        when code = 'payment_period_differs'
            then the_bill || ': the payment of ' || {{ money_text('clio_amount') }} || ' is of ' || clio_date
                || ' in Clio and of ' || xero_date || ' in Xero, in another month.'
    end
    || case when candidate_count > 0 then ' It may be there already: ' || candidates || '.' else '' end
    || case when blocked_by is not null then ' Xero takes it only once the draft is approved.' else '' end
        as explanation,
    locked_first
    || making_up_first
    || case when blocked_by is not null then 'Deal with the draft first, as its own row says. Then: ' else '' end
    || case
        when code in ('paid_in_clio_open_in_xero', 'credit_one_side', 'payment_reversed_one_side') and is_in_clio
            then step_for_xero
        when code in ('paid_in_xero_open_in_clio', 'credit_one_side', 'payment_reversed_one_side')
            then step_for_clio
        when code = 'payment_amount_differs'
            then 'Look at the bank whether ' || {{ money_text('abs(clio_amount)') }} || ' or '
                || {{ money_text('abs(xero_amount)') }} || ' was paid, and correct the side that has it wrong.'
                || of_the_batch
        when code = 'payment_duplicated'
            then 'Look at the bank whether the money came once or twice. If once, remove the payment of ' || xero_date
                || ' in Xero; if twice, record it in Clio too.' || of_the_batch
        when code = 'payment_on_wrong_bill'
            then 'Look which bill the client paid. If ' || the_bill_of_clio || ', move the payment in Xero to '
                || the_invoice_of_clio || '; if ' || the_bill_of_xero || ', move it in Clio to that bill.'
                || of_the_batch
        when code = 'payment_in_wrong_account' and is_fee_leg
            then 'Look what the ' || {{ money_text('abs(xero_amount)') }} || ' was. If it was a fee of the bank or the '
                || 'card processor, take it off ' || the_invoice || ' in Xero and enter it there again on the account '
                || 'for such fees; if ' || account || ' is that account, name it under fee_accounts in tieout.toml.'
                || of_the_batch
        when code = 'payment_in_wrong_account'
            then 'Look at the bank where the money went. If to ' || rightful_accounts || ', take the ' || the_kind
                || ' off ' || the_invoice || ' in Xero and enter it there again in that account. If ' || account
                || ' is right, map it as well.' || of_the_batch
        when code = 'payment_period_differs'
            then 'Look at the bank on which day it was paid, ' || clio_date || ' or ' || xero_date || ', and give the '
                || 'payment that day in both systems.'
    end as suggested_action,
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
