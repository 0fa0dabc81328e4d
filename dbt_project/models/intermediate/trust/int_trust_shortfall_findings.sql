-- Clients' money that is not in trust: pockets (a matter, or a client's money on no matter) that were below zero at the
-- end of a day in one of the trust accounts, and trust requests that were paid into an operating account, by the
-- allocation's destination or by the bank entry.
with

days_on_which_pockets_moved as (

    select distinct
        firm_id,
        bank_account_id,
        account_name,
        pocket_key,
        entry_date,
        pocket_day_end_amount as balance_amount
    from {{ ref('int_trust_entries') }}
    where pocket_key is not null

),

days_in_order as (

    select
        *,
        coalesce(lag(balance_amount) over (partition by firm_id, bank_account_id, pocket_key order by entry_date), 0)
            as balance_before_amount
    from days_on_which_pockets_moved

),

pockets_per_account as (

    select
        firm_id,
        bank_account_id,
        account_name,
        pocket_key,
        min(case when balance_amount < 0 then entry_date end) as first_negative_date,
        min(balance_amount) as lowest_amount,
        arg_min(entry_date, balance_amount) as lowest_date,
        arg_max(balance_amount, entry_date) as balance_amount,
        max(entry_date) filter (where balance_amount < 0) as last_negative_date,
        count(*) filter (where balance_amount < 0 and balance_before_amount >= 0) as fall_count,
        max(entry_date) filter (where balance_amount < 0 and balance_before_amount >= 0) as last_fall_date,
        max(entry_date) filter (where balance_amount >= 0 and balance_before_amount < 0) as recovered_date
    from days_in_order
    group by firm_id, bank_account_id, account_name, pocket_key
    having min(balance_amount) < 0

),

pockets_overdrawn as (

    select
        firm_id,
        pocket_key,
        string_agg(account_name, ', ' order by first_negative_date, bank_account_id) as account_names,
        min(first_negative_date) as first_negative_date,
        cast(min(lowest_amount) as decimal(18, 2)) as lowest_amount,
        arg_min(lowest_date, (lowest_amount, lowest_date)) as lowest_date,
        cast(sum(balance_amount) as decimal(18, 2)) as balance_amount,
        cast(sum(fall_count) as bigint) as fall_count,
        max(last_fall_date) as last_fall_date,
        max(last_negative_date) as last_negative_date,
        min(balance_amount) >= 0 as is_recovered,
        case when min(balance_amount) >= 0 then max(recovered_date) end as recovered_date
    from pockets_per_account
    group by firm_id, pocket_key

),

pockets_below_zero as (

    select
        overdrawn.firm_id,
        'client_ledger_negative' as code,
        overdrawn.pocket_key as subject_key,
        coalesce(matters.client_name, clients.client_name) as client_name,
        overdrawn.account_names as trust_account,
        matters.matter_id,
        matters.matter_number,
        coalesce(matters.matter_number, matters.client_name, clients.client_name) as subject_label,
        overdrawn.first_negative_date as since_date,
        -overdrawn.lowest_amount as amount,
        'first below zero on ' || overdrawn.first_negative_date || ', lowest '
        || {{ money_text('overdrawn.lowest_amount') }}
        || ' on ' || overdrawn.lowest_date
        -- What was accepted once is no answer to the next time.
        || case
            when overdrawn.fall_count > 1
                then ', ' || overdrawn.fall_count || ' times, the last on ' || overdrawn.last_fall_date
            else ''
        end
        || coalesce(', recovered on ' || overdrawn.recovered_date, '') as clio_value,
        'The trust money of ' || coalesce(matters.client_name, clients.client_name, 'a client')
        || coalesce(', matter ' || matters.matter_number, '')
        || ' was below zero at the end of ' || overdrawn.first_negative_date || ' in ' || overdrawn.account_names
        || '; its lowest was ' || {{ money_text('overdrawn.lowest_amount') }} || ' on ' || overdrawn.lowest_date
        || case
            when overdrawn.fall_count > 1
                then ', and it fell below zero ' || overdrawn.fall_count || ' times, the last on '
                    || overdrawn.last_fall_date
            else ''
        end
        || case
            when overdrawn.is_recovered then '. It has recovered on ' || overdrawn.recovered_date
            else '. It has not recovered'
        end || ': it stands at '
        || {{ money_text('overdrawn.balance_amount') }} || '.' as explanation,
        case
            when overdrawn.is_recovered
                then 'Other clients'' money covered up to ' || {{ money_text('abs(overdrawn.lowest_amount)') }}
                    || ' of it: find out why, and write down the cause and the day it was restored.'
            else 'Other clients'' money covers it: restore the '
                || {{ money_text('abs(overdrawn.balance_amount)') }} || ' today.'
        end as suggested_action,
        concat_ws('|', overdrawn.is_recovered, overdrawn.last_negative_date) as also_says
    from pockets_overdrawn as overdrawn
    left join {{ ref('stg_clio__matters') }} as matters
        on
            overdrawn.firm_id = matters.firm_id
            and overdrawn.pocket_key = {{ subject_key('matter', 'matters.matter_id') }}
    left join {{ ref('int_clio_clients') }} as clients
        on
            overdrawn.firm_id = clients.firm_id
            and overdrawn.pocket_key = {{ subject_key('client', 'clients.client_id') }}

),

operating_accounts as (

    select
        firm_id,
        bank_account_id,
        bank_account_name
    from {{ ref('stg_clio__bank_accounts') }}
    where bank_account_type = 'Operating' and vanished_at is null

),

payments_by_allocation as (

    select
        allocations.firm_id,
        allocations.bill_id,
        min(allocations.allocation_id) as payment_key,
        max(accounts.bank_account_name) as account_name,
        min(coalesce(allocations.allocation_date, cast(allocations.created_at as date))) as payment_date,
        sum(allocations.allocation_amount) as payment_amount,
        max(allocations.updated_at) as changed_at
    from {{ ref('stg_clio__allocations') }} as allocations
    left join operating_accounts as accounts
        on
            allocations.firm_id = accounts.firm_id
            and allocations.destination_bank_account_id = accounts.bank_account_id
    where
        allocations.voided_at is null
        and coalesce(allocations.parent_type, 'Payment') = 'Payment'
        and (accounts.bank_account_id is not null or allocations.destination_bank_account_type = 'Operating')
    group by allocations.firm_id, allocations.bill_id, coalesce(allocations.parent_id, allocations.allocation_id)

),

payments_by_entry as (

    select
        entries.firm_id,
        entries.bill_id,
        'entry:' || entries.bank_transaction_id as payment_key,
        accounts.bank_account_name as account_name,
        coalesce(entries.entry_date, cast(entries.created_at as date)) as payment_date,
        {{ signed_funds('entries') }} as payment_amount,
        entries.updated_at as changed_at
    from {{ ref('stg_clio__bank_transactions') }} as entries
    inner join operating_accounts as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    left join {{ ref('stg_clio__allocations') }} as allocations
        on entries.firm_id = allocations.firm_id and entries.allocation_id = allocations.allocation_id
    where
        {{ signed_funds('entries') }} > 0
        and allocations.voided_at is null
        and not exists (
            select 1
            from payments_by_allocation as known
            where
                known.firm_id = entries.firm_id
                and known.bill_id = entries.bill_id
                and known.payment_amount = {{ signed_funds('entries') }}
        )

),

requests_misdirected as (

    select
        payments.firm_id,
        payments.bill_id,
        requests.bill_number,
        requests.client_name,
        payments.payment_key,
        coalesce(payments.account_name, 'an operating account') as account_name,
        payments.payment_date,
        cast(payments.payment_amount as decimal(18, 2)) as payment_amount,
        greatest(payments.changed_at, requests.updated_at) as changed_at
    from (
        select * from payments_by_allocation
        union all
        select * from payments_by_entry
    ) as payments
    inner join {{ ref('stg_clio__bills') }} as requests
        on payments.firm_id = requests.firm_id and payments.bill_id = requests.bill_id
    inner join {{ ref('int_tonight') }} as tonight
        on payments.firm_id = tonight.firm_id
    where requests.bill_kind = 'trust_kind' and payments.payment_date <= tonight.as_of_date

),

trust_requests_paid_into_operating as (

    select
        firm_id,
        'trust_receipt_in_operating' as code,
        {{ subject_key('clio', 'bill_id') }} as subject_key,
        bill_id,
        payment_key as detail_key,
        client_name,
        payment_date as since_date,
        payment_amount as amount,
        {{ money_text('payment_amount') }} || ' into ' || account_name || ' on ' || payment_date as clio_value,
        'Trust request ' || coalesce(bill_number, '(id ' || bill_id || ')') || coalesce(' of ' || client_name, '')
        || case when payment_amount < 0 then ' was paid back ' else ' was paid with ' end
        || {{ money_text('abs(payment_amount)') }} || ' on ' || payment_date
        || case when payment_amount < 0 then ' out of ' else ' into ' end
        || account_name || ', which is not a trust account.' as explanation,
        case
            when payment_amount < 0
                then 'Look what it gives back: if it is a payment of this request, both are done with; if not, find '
                    || 'out whose money it is.'
            else 'Move the ' || {{ money_text('payment_amount') }} || ' from ' || account_name
                || ' to the trust account, and correct the payment in Clio.'
        end as suggested_action,
        changed_at
    from requests_misdirected

)

select * replace (cast(amount as decimal(18, 2)) as amount)
from (
    select * from pockets_below_zero
    union all by name
    select * from trust_requests_paid_into_operating
) as findings
