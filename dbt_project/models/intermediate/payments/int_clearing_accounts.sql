-- An account in Xero that five or more payments of clients went through although no mapping names it: a clearing
-- account of a card processor, most likely, and one row says so instead of one per payment. Accounts for client money
-- and accounts that are no asset are none.
{%- set enough = 5 %}
with

accounts_of_client_money as (

    select
        firm_id,
        xero_bank_account_id as account_id
    from {{ ref('stg_evidence__trust_accounts') }}

    union

    select
        firm_id,
        xero_liability_account_id as account_id
    from {{ ref('stg_evidence__trust_accounts') }}

)

select
    misplaced.firm_id,
    misplaced.xero_account_id as account_id,
    concat_ws(' ', any_value(accounts.account_code), any_value(accounts.account_name)) as account,
    coalesce(any_value(accounts.account_code), any_value(accounts.account_name)) as account_to_name,
    count(*) as payment_count,
    sum(misplaced.amount) as amount,
    min(misplaced.entry_date) as first_date,
    max(sets.changed_at) as changed_at
from {{ ref('int_payments_in_wrong_account') }} as misplaced
inner join {{ ref('int_payment_sets') }} as sets
    on
        misplaced.firm_id = sets.firm_id
        and misplaced.bill_id = sets.bill_id
        and misplaced.set_key = sets.set_key
        and sets.clio_source <> 'trust'
inner join {{ ref('stg_xero__accounts') }} as accounts
    on misplaced.firm_id = accounts.firm_id and misplaced.xero_account_id = accounts.account_id
left join accounts_of_client_money as client_money
    on misplaced.firm_id = client_money.firm_id and misplaced.xero_account_id = client_money.account_id
where
    client_money.account_id is null
    and coalesce(accounts.account_class, case when accounts.account_type = 'BANK' then 'ASSET' end) = 'ASSET'
    and coalesce(accounts.system_account, '') = ''
group by misplaced.firm_id, misplaced.xero_account_id
having count(*) >= {{ enough }}
