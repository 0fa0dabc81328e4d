-- Payments that took the wrong way between trust and the firm's own money. Fees that were taken out of trust and that
-- no bill asked for then: before the bill was issued or approved, for a bill that is dead, or more than the bill still
-- asked for (what was applied to it before, credits too, is off). An entry of the trust ledger may have taken more than
-- was applied: the rest is surplus. A withdrawal that names a bill and has no allocation is a payment as well, unless
-- as much came back within 31 days and names that bill too. And trust requests that were paid into an operating
-- account, by the allocation's destination or by the bank entry.
with

allocations as (

    select
        firm_id,
        bill_id,
        allocation_id,
        coalesce(try_cast(allocation_id as bigint), 0) as allocation_number,
        coalesce(parent_id, allocation_id) as payment_id,
        coalesce(parent_type, 'Payment') as parent_type,
        source_bank_account_id,
        destination_bank_account_id,
        destination_bank_account_type,
        coalesce(source_bank_account_type, '') = 'Trust'
        or exists (
            select 1
            from {{ ref('int_trust_accounts') }} as accounts
            where accounts.firm_id = allocations.firm_id
                and accounts.bank_account_id = allocations.source_bank_account_id
        ) as is_from_trust,
        coalesce(allocation_date, cast(created_at as date)) as allocation_date,
        allocation_amount,
        voided_at,
        updated_at
    from {{ ref('stg_clio__allocations') }} as allocations
    where bill_id is not null

),

allocations_in_order as (

    select
        *,
        coalesce(
            sum(allocation_amount) over (
                partition by firm_id, bill_id
                order by allocation_date, allocation_number, allocation_id
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as applied_before_amount,
        sum(allocation_amount) filter (where parent_type = 'Payment') over (partition by firm_id, payment_id)
            as applied_of_payment_amount
    from allocations
    where voided_at is null

),

taken_per_payment as (

    -- What the trust ledger says was taken, per payment: by the allocations that its entries name.
    select
        allocations.firm_id,
        allocations.payment_id,
        -sum(entries.signed_amount) as taken_amount,
        arg_min(allocations.bill_id, allocations.allocation_number) as bill_id
    from {{ ref('int_trust_entries') }} as entries
    inner join allocations
        on
            entries.firm_id = allocations.firm_id
            and entries.allocation_id = allocations.allocation_id
            and allocations.voided_at is null
            and allocations.is_from_trust
    group by allocations.firm_id, allocations.payment_id

),

fees_by_allocation as (

    select
        applied.firm_id,
        applied.bill_id,
        arg_min(applied.allocation_id, applied.allocation_number) as payment_key,
        arg_min(applied.source_bank_account_id, applied.allocation_number) as source_bank_account_id,
        min(applied.allocation_date) as payment_date,
        sum(applied.allocation_amount) as payment_amount,
        min(applied.applied_before_amount) as applied_before_amount,
        case
            when max(taken.bill_id) = applied.bill_id
                then greatest(max(taken.taken_amount) - max(applied.applied_of_payment_amount), 0)
            else 0
        end as taken_beyond_amount,
        max(applied.updated_at) as changed_at
    from allocations_in_order as applied
    left join taken_per_payment as taken
        on applied.firm_id = taken.firm_id and applied.payment_id = taken.payment_id
    where applied.is_from_trust and applied.parent_type = 'Payment'
    group by applied.firm_id, applied.bill_id, applied.payment_id

),

fees_by_entry as (

    select
        entries.firm_id,
        entries.bill_id,
        'entry:' || entries.bank_transaction_id as payment_key,
        entries.bank_account_id as source_bank_account_id,
        entries.entry_date as payment_date,
        -entries.signed_amount as payment_amount,
        coalesce((
            select sum(applied.allocation_amount)
            from allocations_in_order as applied
            where
                applied.firm_id = entries.firm_id
                and applied.bill_id = entries.bill_id
                and applied.allocation_date <= entries.entry_date
        ), 0) as applied_before_amount,
        0 as taken_beyond_amount,
        entries.changed_at
    from {{ ref('int_trust_entries') }} as entries
    where
        entries.bill_id is not null
        and entries.signed_amount < 0
        and not exists (
            select 1
            from allocations
            where
                allocations.firm_id = entries.firm_id
                and (
                    allocations.allocation_id = entries.allocation_id
                    or (
                        entries.allocation_id is null
                        and allocations.bill_id = entries.bill_id
                        and allocations.is_from_trust
                        and allocations.allocation_amount = -entries.signed_amount
                    )
                )
        )
        and not exists (
            select 1
            from {{ ref('int_trust_entries') }} as returned
            where
                returned.firm_id = entries.firm_id
                and returned.bank_account_id = entries.bank_account_id
                and returned.bill_id = entries.bill_id
                and returned.signed_amount = -entries.signed_amount
                and returned.entry_date between entries.entry_date and entries.entry_date + 31
        )

),

fees_weighed as (

    select
        payments.*,
        bills.bill_number,
        bills.client_name,
        bills.bill_class,
        bills.issued_date,
        bills.payable_amount,
        accounts.account_name,
        case
            when bills.bill_id is null or bills.bill_class = 'dead' then 'dead'
            when bills.bill_class = 'unapproved' then 'unapproved'
            when payments.payment_date < bills.issued_date then 'early'
            when payments.taken_beyond_amount > 0 then 'surplus'
            when
                payments.payment_amount > greatest(bills.payable_amount - payments.applied_before_amount, 0)
                then 'surplus'
        end as reason
    from (
        select * from fees_by_allocation
        union all
        select * from fees_by_entry
    ) as payments
    left join {{ ref('int_bills_valued') }} as bills
        on payments.firm_id = bills.firm_id and payments.bill_id = bills.bill_id
    left join {{ ref('int_trust_accounts') }} as accounts
        on payments.firm_id = accounts.firm_id and payments.source_bank_account_id = accounts.bank_account_id
    where not exists (
            select 1
            from {{ ref('stg_clio__bills') }} as requests
            where
                requests.firm_id = payments.firm_id
                and requests.bill_id = payments.bill_id
                and requests.bill_kind = 'trust_kind'
        )

),

fees_without_a_bill as (

    -- Of a fee that was taken nothing can be on its way: inside one system there is no grace.
    select
        firm_id,
        'fee_taken_without_bill' as code,
        bill_id,
        bill_number,
        payment_key as detail_key,
        client_name,
        account_name as trust_account,
        payment_date as since_date,
        taken_beyond_amount + payment_amount - case
            when reason = 'surplus' then greatest(least(payment_amount, payable_amount - applied_before_amount), 0)
            else 0
        end as amount,
        payment_amount,
        reason,
        issued_date,
        cast(greatest(payable_amount - applied_before_amount, 0) as decimal(18, 2)) as still_asked_amount,
        concat_ws('|', bill_class, issued_date, payable_amount) as also_says
    from fees_weighed
    where reason is not null

),

operating_accounts as (

    select
        firm_id,
        bank_account_id,
        bank_account_name
    from {{ ref('stg_clio__bank_accounts') }}
    where bank_account_type = 'Operating' and vanished_at is null

),

receipts_by_allocation as (

    select
        allocations.firm_id,
        allocations.bill_id,
        min(allocations.allocation_id) as payment_key,
        max(accounts.bank_account_name) as account_name,
        min(allocations.allocation_date) as payment_date,
        sum(allocations.allocation_amount) as payment_amount,
        max(allocations.updated_at) as changed_at
    from allocations
    left join operating_accounts as accounts
        on
            allocations.firm_id = accounts.firm_id
            and allocations.destination_bank_account_id = accounts.bank_account_id
    where
        allocations.voided_at is null
        and allocations.parent_type = 'Payment'
        and (accounts.bank_account_id is not null or allocations.destination_bank_account_type = 'Operating')
    group by allocations.firm_id, allocations.bill_id, allocations.payment_id

),

receipts_by_entry as (

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
            from receipts_by_allocation as known
            where
                known.firm_id = entries.firm_id
                and known.bill_id = entries.bill_id
                and known.payment_amount = {{ signed_funds('entries') }}
        )

),

requests_paid_into_operating as (

    select
        payments.firm_id,
        'trust_receipt_in_operating' as code,
        payments.bill_id,
        requests.bill_number,
        payments.payment_key as detail_key,
        requests.client_name,
        payments.payment_date as since_date,
        payments.payment_amount as amount,
        payments.payment_amount,
        payments.account_name as into_account,
        greatest(payments.changed_at, requests.updated_at) as changed_at
    from (
        select * from receipts_by_allocation
        union all
        select * from receipts_by_entry
    ) as payments
    inner join {{ ref('stg_clio__bills') }} as requests
        on payments.firm_id = requests.firm_id and payments.bill_id = requests.bill_id
    inner join {{ ref('int_tonight') }} as tonight
        on payments.firm_id = tonight.firm_id
    where requests.bill_kind = 'trust_kind' and payments.payment_date <= tonight.as_of_date

)

select
    * replace (cast(amount as decimal(18, 2)) as amount, cast(payment_amount as decimal(18, 2)) as payment_amount),
    {{ subject_key('clio', 'bill_id') }} as subject_key
from (
    select * from fees_without_a_bill
    union all by name
    select * from requests_paid_into_operating
) as findings
