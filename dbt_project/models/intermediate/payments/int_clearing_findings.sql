-- Card receipts that go through an account no mapping names, said once for all of them.
with

accounts_they_go_through as (

    select
        payments.firm_id,
        payments.xero_account_id as account_id,
        concat_ws(' ', accounts.account_code, accounts.account_name) as account,
        coalesce(accounts.account_code, accounts.account_name) as account_to_name,
        count(*) as payment_count,
        sum(payments.amount) as amount,
        min(payments.entry_date) as first_date,
        max(payments.set_changed_at) as changed_at
    from {{ ref('int_payments_in_wrong_account') }} as payments
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on payments.firm_id = accounts.firm_id and payments.xero_account_id = accounts.account_id
    where payments.is_in_clearing_account
    group by all

),

mapped_names as (

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

)

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
from accounts_they_go_through as clearing
inner join mapped_names as names
    on clearing.firm_id = names.firm_id
