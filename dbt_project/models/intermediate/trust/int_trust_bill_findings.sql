-- What is wrong between bills and trust money.
with

payments_weighed as (

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
        end as fault
    from {{ ref('int_trust_payments_of_bills') }} as payments
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

payments_at_fault as (

    select
        *,
        cast(
            case
                when fault = 'surplus'
                    then payment_amount - greatest(least(payment_amount, payable_amount - applied_before_amount), 0)
                        + taken_beyond_amount
                else payment_amount + taken_beyond_amount
            end as decimal(18, 2)
        ) as amount
    from payments_weighed
    where fault is not null

),

fees_taken as (

    select
        firm_id,
        'fee_taken_without_bill' as code,
        bill_id,
        payment_key as detail_key,
        client_name,
        account_name as trust_account,
        payment_date as since_date,
        amount,
        'paid ' || {{ money_text('payment_amount') }} || ' from trust on ' || payment_date
        || case when fault = 'surplus' then ', ' || {{ money_text('amount') }} || ' too much' else '' end as clio_value,
        {{ money_text('abs(payment_amount)') }}
        || case when payment_amount < 0 then ' went back to trust on ' else ' was taken from trust on ' end
        || payment_date || ' for bill '
        || coalesce(bill_number, 'without a number (id ' || bill_id || ')') || coalesce(' of ' || client_name, '')
        || ', '
        || case fault
            when 'dead' then 'which is void, deleted or gone.'
            when 'unapproved' then 'which is not approved.'
            when 'early' then 'which was issued only on ' || issued_date || '.'
            else 'which still asked for '
                || {{ money_text('greatest(payable_amount - applied_before_amount, 0)') }} || ' then.'
        end as explanation,
        case
            when payment_amount < 0
                then 'Look what it gives back: if as much was taken for this bill before, both are done with; if not, '
                    || 'find out whose money it is.'
            when fault = 'surplus'
                then 'Return the surplus of ' || {{ money_text('amount') }}
                    || ' to trust, unless it went back already.'
            when fault = 'dead'
                then 'Return ' || {{ money_text('amount') }} || ' to trust, unless it went back already: there is no'
                    || ' bill that it pays.'
            when fault = 'unapproved'
                then 'Return ' || {{ money_text('amount') }} || ' to trust until the client has the bill, unless it'
                    || ' went back already.'
            else 'Fees may be taken only once the client has the bill: record why they were taken on ' || payment_date
                || ', and return ' || {{ money_text('amount') }} || ' to trust unless the client has had the bill since'
                || ' ' || issued_date || '.'
        end as suggested_action,
        concat_ws('|', bill_class, issued_date, payable_amount) as also_says
    from payments_at_fault

),

earned_fees as (

    select
        bills.firm_id,
        'earned_fees_left_in_trust' as code,
        bills.bill_id,
        bills.client_name,
        held.account_names as trust_account,
        held.matter_numbers as matter_number,
        held.due_date as since_date,
        held.amount,
        'due ' || held.due_date || ', balance ' || {{ money_text('bills.balance_amount') }} || ', held '
        || {{ money_text('held.held_amount') }}
        || case
            when held.amount < least(bills.balance_amount, held.held_amount)
                then ', of which for this bill ' || {{ money_text('held.amount') }}
            else ''
        end as clio_value,
        'Bill ' || coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')') || ' of '
        || coalesce(bills.client_name, 'no client') || ' was due on ' || held.due_date || ' and '
        || {{ money_text('bills.balance_amount') }}
        || ' is unpaid, while matter ' || held.matter_numbers || ' holds ' || {{ money_text('held.held_amount') }}
        || ' in trust'
        || case
            when held.amount < least(bills.balance_amount, held.held_amount)
                then ', of which ' || {{ money_text('held.amount') }} || ' is left when older bills are paid'
            else ''
        end
        || '.' as explanation,
        'Pay ' || {{ money_text('held.amount') }} || ' of the bill from trust, or note why the money must stay.'
            as suggested_action,
        bills.changed_at
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_trust_money_for_overdue_bills') }} as held
        on bills.firm_id = held.firm_id and bills.bill_id = held.bill_id

),

trust_requests_paid_into_operating as (

    select
        firm_id,
        'trust_receipt_in_operating' as code,
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
    from {{ ref('int_trust_requests_misdirected') }}

)

-- Of a fee that was taken nothing can be on its way: inside one system there is no grace.
select
    * replace (cast(amount as decimal(18, 2)) as amount),
    {{ subject_key('clio', 'bill_id') }} as subject_key
from (
    select * from fees_taken
    union all by name
    select * from earned_fees
    union all by name
    select * from trust_requests_paid_into_operating
) as findings
