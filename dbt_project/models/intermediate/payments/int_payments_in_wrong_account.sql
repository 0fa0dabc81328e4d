-- Xero payments with a partner that stand in an account that is not right for Clio's: none of those mapped to where
-- Clio put the money. Money from trust may stand in any mapped operating account, or against the liability account of
-- its trust account, whether or not Clio names a destination. A fee beside money at the bank belongs on an account for
-- fees. Where the firm mapped no account for Clio's, nothing can be wrong. An account that no mapping names and that
-- five or more payments of clients went through is a clearing account of a card processor, most likely; accounts for
-- client money and accounts that are no asset are none. With each: the accounts that would be right.
{%- set enough = 5 %}
with

payments_with_their_set as (

    select
        *,
        max(changed_at) over of_the_set as set_changed_at,
        case
            when bool_or(clio_source = 'trust') over of_the_set then 'trust'
            else max(clio_source) over of_the_set
        end as set_clio_source
    from {{ ref('int_payments_in_sets') }}
    where kind = 'payment'
    window of_the_set as (partition by firm_id, bill_id, set_key)

),

payments_of_clio as (

    select
        payments.*,
        trust_accounts.xero_liability_account_id
    from payments_with_their_set as payments
    left join {{ ref('stg_evidence__trust_accounts') }} as trust_accounts
        on
            payments.firm_id = trust_accounts.firm_id
            and payments.source_account_id = trust_accounts.clio_bank_account_id
    where payments.side = 'clio'

),

accounts_that_are_right as (

    select
        payments.firm_id,
        payments.bill_id,
        payments.set_key,
        mapped.xero_bank_account_id as account_id,
        true as is_mapped
    from payments_of_clio as payments
    inner join {{ ref('stg_evidence__operating_accounts') }} as mapped
        on
            payments.firm_id = mapped.firm_id
            and (
                payments.destination_account_id = mapped.clio_bank_account_id
                or (payments.clio_source = 'trust' and payments.xero_liability_account_id is not null)
            )

    union all

    select
        payments.firm_id,
        payments.bill_id,
        payments.set_key,
        mapped.xero_bank_account_id as account_id,
        true as is_mapped
    from payments_of_clio as payments
    inner join {{ ref('stg_evidence__trust_accounts') }} as mapped
        on payments.firm_id = mapped.firm_id and payments.destination_account_id = mapped.clio_bank_account_id

    union all

    select
        firm_id,
        bill_id,
        set_key,
        xero_liability_account_id as account_id,
        false as is_mapped
    from payments_of_clio
    where xero_liability_account_id is not null

),

legs_in_xero as (

    select
        payments.*,
        coalesce(accounts.account_type = 'BANK', false) as is_at_the_bank,
        count(*) over of_the_set as leg_count,
        count(case when accounts.account_type = 'BANK' then 1 end) over of_the_set as bank_count
    from payments_with_their_set as payments
    left join {{ ref('stg_xero__accounts') }} as accounts
        on payments.firm_id = accounts.firm_id and payments.xero_account_id = accounts.account_id
    where payments.side = 'xero'
    window of_the_set as (partition by payments.firm_id, payments.bill_id, payments.set_key)

),

legs_in_an_account_that_is_not_right as (

    select
        legs.firm_id,
        legs.bill_id,
        legs.set_key,
        legs.set_clio_source,
        legs.set_changed_at,
        legs.entry_id,
        legs.entry_date,
        legs.amount,
        legs.xero_account_id,
        legs.bank_count > 0 and not legs.is_at_the_bank as is_fee_leg,
        string_agg(
            distinct concat_ws(' ', accounts.account_code, accounts.account_name), ' or '
            order by concat_ws(' ', accounts.account_code, accounts.account_name)
        ) as right_accounts
    from legs_in_xero as legs
    inner join accounts_that_are_right as rightful
        on
            legs.firm_id = rightful.firm_id
            and legs.bill_id = rightful.bill_id
            and legs.set_key = rightful.set_key
    left join {{ ref('stg_xero__accounts') }} as accounts
        on rightful.firm_id = accounts.firm_id and rightful.account_id = accounts.account_id
    where
        legs.xero_account_id is not null
        and not (legs.is_on_fee_account and legs.leg_count > 1 and legs.bank_count > 0)
    group by all
    having bool_or(rightful.is_mapped) and not bool_or(legs.xero_account_id is not distinct from rightful.account_id)

),

accounts_of_client_money as (

    select
        firm_id,
        unnest([xero_bank_account_id, xero_liability_account_id]) as account_id
    from {{ ref('stg_evidence__trust_accounts') }}

)

select
    legs.firm_id,
    legs.bill_id,
    legs.set_key,
    legs.set_changed_at,
    legs.entry_id,
    legs.entry_date,
    legs.amount,
    legs.xero_account_id,
    legs.is_fee_leg,
    legs.right_accounts,
    accounts.account_id is not null
    and count(accounts.account_id) over (partition by legs.firm_id, accounts.account_id) >= {{ enough }}
        as is_in_clearing_account
from legs_in_an_account_that_is_not_right as legs
left join {{ ref('stg_xero__accounts') }} as accounts
    on
        legs.firm_id = accounts.firm_id
        and legs.xero_account_id = accounts.account_id
        and legs.set_clio_source <> 'trust'
        and coalesce(accounts.account_class, case when accounts.account_type = 'BANK' then 'ASSET' end) = 'ASSET'
        and coalesce(accounts.system_account, '') = ''
        and not exists (
            select 1
            from accounts_of_client_money as client_money
            where client_money.firm_id = accounts.firm_id and client_money.account_id = accounts.account_id
        )
