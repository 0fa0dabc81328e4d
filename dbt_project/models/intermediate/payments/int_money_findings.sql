-- What is wrong with money beyond that of one pair. Credits in Xero with credit remaining, whatever their date: one
-- that may be the payment which an invoice lacks says so, as the two rows are one matter. Card payments in Clio that
-- have not settled. Card receipts that go through an account no mapping names, said once for all. And totals that the
-- two systems keep themselves and that their own documents do not add up to.
with

payments_that_a_credit_may_be as (

    select
        candidates.firm_id,
        candidates.thing_id as credit_id,
        count(*) as payment_count,
        max(candidates.candidate_count) as credit_count,
        max(candidates.set_key) as set_key,
        string_agg(
            'invoice ' || coalesce(invoices.invoice_number, 'without a number') || ', on which '
            || {{ money_text('sets.clio_amount') }} || coalesce(' dated ' || sets.clio_date, '') || ' is missing',
            '; ' order by sets.clio_date, sets.set_key
        ) filter (where candidates.credit_place <= 3) as lacking
    from (
        select
            *,
            row_number() over (partition by firm_id, thing_id order by days_apart nulls last, set_key) as credit_place
        from {{ ref('int_money_candidates') }}
        where thing_kind in ('credit note', 'overpayment', 'prepayment')
    ) as candidates
    inner join {{ ref('int_payment_sets') }} as sets
        on candidates.firm_id = sets.firm_id and candidates.set_key = sets.set_key
    inner join {{ ref('int_documents_paired') }} as documents
        on sets.firm_id = documents.firm_id and sets.bill_id = documents.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    group by candidates.firm_id, candidates.thing_id

),

accounts_that_card_receipts_go_through as (

    select
        payments.firm_id,
        payments.xero_account_id as account_id,
        concat_ws(' ', accounts.account_code, accounts.account_name) as account,
        coalesce(accounts.account_code, accounts.account_name) as account_to_name,
        count(*) as payment_count,
        sum(payments.xero_amount) as amount,
        min(payments.xero_date) as first_date,
        max(payments.payment_changed_at) as changed_at
    from {{ ref('int_payment_findings') }} as payments
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on payments.firm_id = accounts.firm_id and payments.xero_account_id = accounts.account_id
    where payments.is_said_of_its_account
    group by all

),

operating_accounts_named as (

    select
        operating.firm_id,
        string_agg(distinct operating.clio_bank_account, ', ' order by operating.clio_bank_account) as clio_accounts,
        string_agg(
            distinct '"' || coalesce(accounts.account_code, operating.xero_bank_account) || '"', ', '
            order by '"' || coalesce(accounts.account_code, operating.xero_bank_account) || '"'
        ) as xero_accounts
    from {{ ref('stg_evidence__operating_accounts') }} as operating
    left join {{ ref('stg_xero__accounts') }} as accounts
        on operating.firm_id = accounts.firm_id and operating.xero_bank_account_id = accounts.account_id
    group by operating.firm_id

),

totals_beside_their_documents as (

    select
        firm_id,
        'clio_control_differs' as code,
        'clio' as source_system,
        clio_control_amount - clio_receivables_amount as difference_amount,
        clio_receivables_amount as documents_amount,
        clio_control_amount as control_amount
    from {{ ref('int_receivables') }}

    union all

    select
        firm_id,
        'subledger_differs_from_control' as code,
        'xero' as source_system,
        xero_control_amount - xero_receivables_amount as difference_amount,
        xero_receivables_amount as documents_amount,
        xero_control_amount as control_amount
    from {{ ref('int_receivables') }}

),

changes as (

    select
        firm_id,
        'clio' as source_system,
        changed_at
    from {{ ref('int_bills_valued') }}
    union all
    select
        firm_id,
        'clio' as source_system,
        greatest(updated_at, voided_at) as changed_at
    from {{ ref('stg_clio__allocations') }}
    union all
    select
        firm_id,
        'clio' as source_system,
        updated_at as changed_at
    from {{ ref('stg_clio__outstanding_client_balances') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        changed_at
    from {{ ref('int_invoices_valued') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        changed_at
    from {{ ref('int_xero_applications') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        changed_at
    from {{ ref('int_credits_remaining') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        updated_at as changed_at
    from {{ ref('stg_xero__bank_transactions') }}

),

last_change_of_each_system as (

    -- Until the grace is over, totals may be on their way. A stamp in the future is no change, and hides none.
    select
        changes.firm_id,
        changes.source_system,
        max(changes.changed_at) as changed_at
    from changes
    inner join {{ ref('int_tonight') }} as tonight
        on changes.firm_id = tonight.firm_id
    where changes.changed_at <= tonight.latest_change_at
    group by changes.firm_id, changes.source_system

)

select
    credits.firm_id,
    'unapplied_credit' as code,
    'unapplied_credit|' || credits.credit_id as finding_key,
    {{ subject_key('xero-credit', 'credits.credit_id') }} as subject_key,
    cast(null as varchar) as detail_key,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as invoice_id,
    credits.own_remaining_amount as amount,
    cast(case when credits.is_in_receivables then -credits.own_remaining_amount else 0 end as decimal(18, 2))
        as ar_effect_amount,
    cast(null as varchar) as clio_value,
    {{ money_text('credits.remaining_amount') }} || ' remaining' as xero_value,
    'The ' || credits.credit_kind || coalesce(' ' || nullif(credits.credit_number, ''), '') || ' of '
    || coalesce(credits.contact_name, 'no contact')
    || ' of '
    || coalesce(cast(credits.credit_date as varchar), 'no date')
    || ' has ' || {{ money_text('credits.remaining_amount') }} || ' left in Xero that no invoice has used.'
    || case
        when credits.is_in_receivables then ''
        else ' It is no part of the receivables account, which agrees without such prepayments.'
    end
    || case when payments.credit_id is null then '' else ' It may be the money of ' || payments.lacking || '.' end
        as explanation,
    case
        when payments.credit_id is null then 'Apply it to an invoice, or pay it back.'
        else 'Apply it to ' || payments.lacking || ', if it is that money.'
    end as suggested_action,
    cast(null as varchar) as blocked_by,
    case
        when payments.payment_count = 1 and payments.credit_count = 1
            then {{ group_of_money('credits.firm_id', 'payments.set_key') }}
    end as group_id,
    credits.changed_at,
    coalesce(nullif(credits.credit_number, ''), credits.credit_kind || coalesce(' of ' || credits.credit_date, ''))
        as subject_label,
    coalesce(clients.client_name, credits.contact_name) as client_name,
    credits.total_amount as document_amount,
    credits.credit_date as since_date,
    {{ xero_page('firms.xero_short_code', 'contacts/contact', 'credits.contact_id') }} as xero_url
from {{ ref('int_credits_remaining') }} as credits
inner join {{ ref('int_firms') }} as firms
    on credits.firm_id = firms.firm_id
left join {{ ref('int_contacts_with_their_client') }} as clients
    on credits.firm_id = clients.firm_id and credits.contact_id = clients.contact_id
left join payments_that_a_credit_may_be as payments
    on credits.firm_id = payments.firm_id and credits.credit_id = payments.credit_id
where not credits.is_not_from_clio

union all by name

select
    bills.firm_id,
    'card_payment_pending' as code,
    'card_payment_pending|' || bills.bill_key as finding_key,
    bills.bill_key as subject_key,
    cast(null as varchar) as detail_key,
    bills.bill_id,
    documents.invoice_id,
    cast({{ in_own_currency('abs(bills.pending_amount)', 'documents.bill_rate') }} as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    {{ money_text('bills.pending_amount') }} || ' pending' as clio_value,
    cast(null as varchar) as xero_value,
    'Bill ' || coalesce(bills.bill_number, 'without a number') || ' for ' || coalesce(bills.client_name, 'no client')
    || ' has a card payment of ' || {{ money_text('bills.pending_amount') }}
    || ' in Clio that the processor has not settled.' as explanation,
    'Wait for the processor.' as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    documents.changed_at
from {{ ref('int_bills_valued') }} as bills
inner join {{ ref('int_documents_paired') }} as documents
    on bills.firm_id = documents.firm_id and bills.bill_id = documents.bill_id
where bills.bill_class = 'approved' and bills.pending_amount <> 0

union all by name

select
    clearing.firm_id,
    'systemic_cause' as code,
    'systemic_cause|clearing_account|' || clearing.account_id as finding_key,
    'firm' as subject_key,
    clearing.account as subject_label,
    'clearing_account|' || clearing.account_id as detail_key,
    cast(0 as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    'not mapped' as clio_value,
    clearing.account as xero_value,
    clearing.payment_count || ' payments of ' || {{ money_text('clearing.amount') }} || ' that Clio has in '
    || names.clio_accounts || ' were booked to ' || clearing.account || ' in Xero, which no mapping names.'
        as explanation,
    'If card receipts go through ' || clearing.account || ', map it: in tieout.toml, under operating_accounts, write'
    || ' xero_bank_accounts = [' || names.xero_accounts || ', "' || clearing.account_to_name
    || '"] in place of xero_bank_account. If not, these payments belong in the account that is mapped.'
        as suggested_action,
    clearing.first_date as since_date,
    clearing.changed_at
from accounts_that_card_receipts_go_through as clearing
inner join operating_accounts_named as names
    on clearing.firm_id = names.firm_id

union all by name

select
    totals.firm_id,
    totals.code,
    totals.code as finding_key,
    'firm' as subject_key,
    cast(abs(totals.difference_amount) as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    case
        when totals.source_system = 'clio'
            then 'bills ' || {{ money_text('totals.documents_amount') }}
                || ', outstanding balances ' || {{ money_text('totals.control_amount') }}
    end as clio_value,
    case
        when totals.source_system = 'xero'
            then 'invoices minus credit ' || {{ money_text('totals.documents_amount') }}
                || ', receivables account ' || {{ money_text('totals.control_amount') }}
    end as xero_value,
    case totals.code
        when 'clio_control_differs'
            then 'Clio''s outstanding client balances are ' || {{ money_text('totals.control_amount') }}
                || ', while its bills have ' || {{ money_text('totals.documents_amount') }} || ' to pay.'
        else
            'The receivables account in Xero stands at ' || {{ money_text('totals.control_amount') }}
            || ', while its invoices minus unused credit come to ' || {{ money_text('totals.documents_amount') }}
            || '.'
    end as explanation,
    case totals.code
        when 'clio_control_differs' then 'Compare the balances by client in Clio with the bills there.'
        else 'Look for journals and bank entries that were booked straight to the receivables account in Xero.'
    end as suggested_action,
    cast(totals.difference_amount as varchar) as difference,
    changes.changed_at
from totals_beside_their_documents as totals
left join last_change_of_each_system as changes
    on totals.firm_id = changes.firm_id and totals.source_system = changes.source_system
where totals.difference_amount <> 0
