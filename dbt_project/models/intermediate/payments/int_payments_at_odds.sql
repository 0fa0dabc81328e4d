-- Payments and credits that differ, in figures: one row per payment or credit and code. On a draft Xero takes no
-- payment: the row stands, without effect, and waits for the draft's own row. With each, where in Xero a payment of
-- Clio belongs. A Xero payment that has its partner is in the wrong account where it stands in none of those mapped to
-- where Clio put the money. Money from trust may stand in any mapped operating account, or against the liability
-- account of its trust account, whether or not Clio names a destination; a fee beside money at the bank belongs on an
-- account for fees; where the firm mapped no account for Clio's, nothing can be wrong. An account that no mapping names
-- and that five or more payments of clients went through is most likely a clearing account of a card processor: that is
-- said once, of the account. Accounts for client money and accounts that are no asset are none. Credits that one system
-- alone has may make up for a difference between bill and invoice: cut in Clio and credited in Xero, or the other way
-- round. Then both ask for the same, and either row, followed by itself, would grant it twice.
{%- set enough = 5 %}
with

payments_with_their_set as (

    select
        *,
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

),

payments_in_the_wrong_account as (

    select
        legs.firm_id,
        legs.bill_id,
        legs.set_key,
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

),

findings as (

    select
        *,
        outcome as code,
        coalesce(xero_entry_ids, clio_entry_ids) as entry_key,
        case
            when outcome = 'payment_amount_differs' then clio_amount - xero_amount
            else coalesce(clio_amount, -xero_amount)
        end as effect
    from {{ ref('int_payment_sets') }}
    where outcome not in ('matched', 'grouped')

    union all by name

    select
        sets.*,
        'payment_in_wrong_account' as code,
        wrong_account.entry_id as entry_key,
        wrong_account.xero_account_id as leg_account_id,
        wrong_account.amount as leg_amount,
        wrong_account.entry_date as leg_date,
        wrong_account.is_fee_leg,
        wrong_account.is_in_clearing_account,
        wrong_account.right_accounts as leg_accounts,
        0 as effect
    from {{ ref('int_payment_sets') }} as sets
    inner join payments_in_the_wrong_account as wrong_account
        on
            sets.firm_id = wrong_account.firm_id
            and sets.bill_id = wrong_account.bill_id
            and sets.set_key = wrong_account.set_key

    union all by name

    select
        *,
        'payment_period_differs' as code,
        coalesce(clio_entry_ids, '') || '+' || coalesce(xero_entry_ids, '') as entry_key,
        0 as effect
    from {{ ref('int_payment_sets') }}
    where is_in_other_period

),

differences_that_credits_make_up_for as (

    -- What the invoice asks for beyond the bill before any payment, interest aside.
    select
        pairs.firm_id,
        pairs.bill_id,
        cast(
            pairs.net_difference_amount + pairs.rounding_line_amount + pairs.xero_tax_amount - pairs.clio_tax_amount
            as decimal(18, 2)
        ) as gap_amount
    from {{ ref('int_pairs_compared') }} as pairs
    inner join findings as credits
        on pairs.firm_id = credits.firm_id and pairs.bill_id = credits.bill_id and credits.code = 'credit_one_side'
    where pairs.bill_class = 'approved' and pairs.invoice_class = 'live' and pairs.currency_agrees
    group by all
    having
        gap_amount <> 0
        and gap_amount + sum(credits.effect) = 0
        and (bool_and(credits.clio_amount is not null) or bool_and(credits.xero_amount is not null))

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
    coalesce(findings.is_in_clearing_account, false) as is_said_of_its_account,
    coalesce(findings.leg_accounts, belongs.right_accounts) as right_accounts,
    belongs.liability_account,
    case when findings.code = 'credit_one_side' then abs(made_up_for.gap_amount) end as makes_up_for_amount,
    findings.changed_at as payment_changed_at,
    greatest(documents.changed_at, findings.changed_at, findings.twin_changed_at) as changed_at
from findings
inner join {{ ref('int_documents_paired') }} as documents
    on findings.firm_id = documents.firm_id and findings.bill_id = documents.bill_id
inner join {{ ref('int_documents_classified') }} as drafts
    on findings.firm_id = drafts.firm_id and documents.bill_key = drafts.bill_key
left join accounts_where_each_belongs as belongs
    on findings.firm_id = belongs.firm_id and findings.set_key = belongs.set_key
left join differences_that_credits_make_up_for as made_up_for
    on findings.firm_id = made_up_for.firm_id and findings.bill_id = made_up_for.bill_id
