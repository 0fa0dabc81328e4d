-- Xero payments with a partner that stand in an account that is not right for Clio's: none of those mapped to where
-- Clio put the money. Money from trust may stand in any mapped operating account, or against the liability account of
-- its trust account, whether or not Clio names a destination. A fee beside money at the bank belongs on an account for
-- fees. Where the firm mapped no account for Clio's, nothing can be wrong.
with

payments_of_clio as (

    select
        payments.*,
        trust_accounts.xero_liability_account_id
    from {{ ref('int_payments_placed') }} as payments
    left join {{ ref('stg_evidence__trust_accounts') }} as trust_accounts
        on
            payments.firm_id = trust_accounts.firm_id
            and payments.source_account_id = trust_accounts.clio_bank_account_id
    where payments.side = 'clio' and payments.kind = 'payment'

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
        count(*) over of_the_set as leg_count,
        count(case when accounts.account_type = 'BANK' then 1 end) over of_the_set as bank_count
    from {{ ref('int_payments_placed') }} as payments
    left join {{ ref('stg_xero__accounts') }} as accounts
        on payments.firm_id = accounts.firm_id and payments.xero_account_id = accounts.account_id
    where payments.side = 'xero' and payments.kind = 'payment'
    window of_the_set as (partition by payments.firm_id, payments.bill_id, payments.set_key)

)

select
    legs.firm_id,
    legs.bill_id,
    legs.set_key,
    legs.entry_id,
    legs.entry_date,
    legs.amount,
    legs.xero_account_id
from legs_in_xero as legs
inner join accounts_that_are_right as rightful
    on
        legs.firm_id = rightful.firm_id
        and legs.bill_id = rightful.bill_id
        and legs.set_key = rightful.set_key
where
    legs.xero_account_id is not null
    and not (legs.is_on_fee_account and legs.leg_count > 1 and legs.bank_count > 0)
group by all
having bool_or(rightful.is_mapped) and not bool_or(legs.xero_account_id is not distinct from rightful.account_id)
