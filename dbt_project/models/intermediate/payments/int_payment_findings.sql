-- Payments and credits that differ, in figures: one row per payment or credit and code. On a draft Xero takes no
-- payment: the row stands, without effect, and waits for the draft's own row. That many payments went through one
-- account is said once, of the account. With each: where in Xero a payment of Clio belongs.
with

findings as (

    select
        *,
        outcome as code,
        coalesce(xero_entry_ids, clio_entry_ids) as entry_key,
        cast(null as varchar) as leg_account_id,
        cast(null as decimal(18, 2)) as leg_amount,
        cast(null as date) as leg_date,
        cast(null as boolean) as is_fee_leg,
        cast(null as varchar) as leg_accounts,
        case
            when outcome = 'payment_amount_differs' then clio_amount - xero_amount
            else coalesce(clio_amount, -xero_amount)
        end as effect
    from {{ ref('int_payment_sets') }}
    where outcome not in ('matched', 'grouped')

    union all

    select
        sets.*,
        'payment_in_wrong_account' as code,
        wrong_account.entry_id as entry_key,
        wrong_account.xero_account_id as leg_account_id,
        wrong_account.amount as leg_amount,
        wrong_account.entry_date as leg_date,
        wrong_account.is_fee_leg,
        wrong_account.right_accounts as leg_accounts,
        0 as effect
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_payments_in_wrong_account') }} as wrong_account
        on
            sets.firm_id = wrong_account.firm_id
            and sets.bill_id = wrong_account.bill_id
            and sets.set_key = wrong_account.set_key
    where not wrong_account.is_in_clearing_account

    union all

    select
        *,
        'payment_period_differs' as code,
        coalesce(clio_entry_ids, '') || '+' || coalesce(xero_entry_ids, '') as entry_key,
        cast(null as varchar) as leg_account_id,
        cast(null as decimal(18, 2)) as leg_amount,
        cast(null as date) as leg_date,
        cast(null as boolean) as is_fee_leg,
        cast(null as varchar) as leg_accounts,
        0 as effect
    from {{ ref('int_payment_sets') }}
    where is_in_other_period

),

accounts_named as (

    select
        firm_id,
        account_id,
        concat_ws(' ', account_code, account_name) as account
    from {{ ref('stg_xero__accounts') }}

),

payments_that_xero_lacks as (

    select
        payments.firm_id,
        payments.set_key,
        payments.clio_source,
        payments.destination_account_id,
        liabilities.account as liability_account
    from {{ ref('int_payments_in_sets') }} as payments
    left join {{ ref('stg_evidence__trust_accounts') }} as trust_accounts
        on
            payments.firm_id = trust_accounts.firm_id
            and payments.source_account_id = trust_accounts.clio_bank_account_id
    left join accounts_named as liabilities
        on
            trust_accounts.firm_id = liabilities.firm_id
            and trust_accounts.xero_liability_account_id = liabilities.account_id
    where payments.how = 'alone' and payments.side = 'clio' and payments.kind = 'payment'

),

accounts_where_each_belongs as (

    -- The accounts mapped to where Clio put it; for money from trust the operating accounts, or the liability account
    -- of that trust account.
    select
        payments.firm_id,
        payments.set_key,
        string_agg(distinct accounts.account, ' or ' order by accounts.account) as right_accounts,
        max(case when payments.clio_source = 'trust' then payments.liability_account end) as liability_account
    from payments_that_xero_lacks as payments
    left join {{ ref('stg_evidence__operating_accounts') }} as mapped
        on
            payments.firm_id = mapped.firm_id
            and (
                payments.destination_account_id = mapped.clio_bank_account_id
                or (payments.destination_account_id is null and payments.clio_source = 'trust')
            )
    left join accounts_named as accounts
        on mapped.firm_id = accounts.firm_id and mapped.xero_bank_account_id = accounts.account_id
    group by payments.firm_id, payments.set_key

)

select
    findings.firm_id,
    findings.bill_id,
    documents.invoice_id,
    findings.code,
    findings.entry_key,
    findings.set_key,
    findings.kind,
    findings.invoice_class,
    findings.clio_date,
    findings.clio_amount,
    findings.clio_source,
    coalesce(findings.leg_date, findings.xero_date) as xero_date,
    coalesce(findings.leg_amount, findings.xero_amount) as xero_amount,
    coalesce(findings.leg_account_id, findings.xero_account_id) as xero_account_id,
    findings.is_in_batch,
    findings.group_id,
    cast(case when findings.invoice_class = 'draft' then 0 else findings.effect end as decimal(18, 2))
        as ar_effect_amount,
    cast(
        case
            when findings.code = 'payment_amount_differs' then abs(findings.clio_amount - findings.xero_amount)
            else abs(coalesce(findings.leg_amount, findings.clio_amount, findings.xero_amount))
        end
        as decimal(18, 2)
    ) as amount,
    case
        when findings.invoice_class = 'draft'
            then {{ exception_id(
                'findings.firm_id', 'drafts.outcome', subject_key('clio', 'findings.bill_id'), 'null'
            ) }}
    end as blocked_by,
    findings.is_fee_leg,
    coalesce(findings.leg_accounts, belongs.right_accounts) as right_accounts,
    belongs.liability_account,
    greatest(documents.changed_at, findings.changed_at, findings.twin_changed_at) as changed_at
from findings
inner join {{ ref('int_documents_paired') }} as documents
    on findings.firm_id = documents.firm_id and findings.bill_id = documents.bill_id
inner join {{ ref('int_documents_classified') }} as drafts
    on findings.firm_id = drafts.firm_id and documents.bill_key = drafts.bill_key
left join accounts_where_each_belongs as belongs
    on findings.firm_id = belongs.firm_id and findings.set_key = belongs.set_key
