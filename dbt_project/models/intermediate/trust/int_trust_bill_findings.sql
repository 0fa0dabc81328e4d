-- What is wrong between bills and trust money (rulebook, section 8).
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
        end as fault,
        greatest(payments.changed_at, bills.changed_at) as last_changed_at
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

fees_taken as (

    select
        firm_id,
        'fee_taken_without_bill' as code,
        bill_id,
        payment_key as detail_key,
        bill_number,
        client_name,
        account_name as trust_account,
        payment_date as since_date,
        cast(
            case
                when fault = 'surplus'
                    then payment_amount - greatest(least(payment_amount, payable_amount - applied_before_amount), 0)
                        + taken_beyond_amount
                else payment_amount + taken_beyond_amount
            end as decimal(18, 2)
        ) as amount,
        'paid ' || {{ money_text('payment_amount') }} || ' from trust on ' || payment_date as clio_value,
        {{ money_text('payment_amount') }} || ' was taken from trust on ' || payment_date || ' for bill '
        || coalesce(bill_number, 'without a number (id ' || bill_id || ')') || coalesce(' of ' || client_name, '')
        || ', '
        || case fault
            when 'dead' then 'which is void, deleted or gone.'
            when 'unapproved' then 'which is not approved.'
            when 'early' then 'which was issued only on ' || issued_date || '.'
            else 'which still asked for '
                || {{ money_text('greatest(payable_amount - applied_before_amount, 0)') }} || ' then.'
        end as explanation,
        case fault
            when 'surplus' then 'Return the surplus to trust.'
            else 'Return the money to trust until the client has the bill.'
        end as suggested_action,
        last_changed_at as changed_at
    from payments_weighed
    where fault is not null

),

money_held_per_bill as (

    select
        bill_matters.firm_id,
        bill_matters.bill_id,
        sum(holdings.held_amount) as held_amount,
        string_agg(distinct holdings.account_names, ', ' order by holdings.account_names) as account_names,
        string_agg(
            distinct coalesce(matters.matter_number, bill_matters.matter_id),
            ', ' order by coalesce(matters.matter_number, bill_matters.matter_id)
        ) as matter_numbers
    from {{ ref('stg_clio__bill_matters') }} as bill_matters
    inner join {{ ref('int_trust_matter_holdings') }} as holdings
        on bill_matters.firm_id = holdings.firm_id and bill_matters.matter_id = holdings.matter_id
    left join {{ ref('stg_clio__matters') }} as matters
        on bill_matters.firm_id = matters.firm_id and bill_matters.matter_id = matters.matter_id
    where holdings.held_amount > 0
    group by bill_matters.firm_id, bill_matters.bill_id

),

earned_fees as (

    select
        bills.firm_id,
        'earned_fees_left_in_trust' as code,
        bills.bill_id,
        bills.bill_number,
        bills.client_name,
        held.account_names as trust_account,
        held.matter_numbers as matter_number,
        bills.due_date as since_date,
        least(bills.balance_amount, held.held_amount) as amount,
        'due ' || bills.due_date || ', balance ' || {{ money_text('bills.balance_amount') }} || ', held '
        || {{ money_text('held.held_amount') }} as clio_value,
        'Bill ' || coalesce(bills.bill_number, 'without a number (id ' || bills.bill_id || ')') || ' of '
        || coalesce(bills.client_name, 'no client') || ' was due on ' || bills.due_date || ' and '
        || {{ money_text('bills.balance_amount') }}
        || ' is unpaid, while matter ' || held.matter_numbers || ' holds ' || {{ money_text('held.held_amount') }}
        || ' in trust.'
            as explanation,
        'Pay the bill from trust, or note why the money must stay.' as suggested_action,
        bills.changed_at
    from (
        select * replace (coalesce(due_date, issued_date) as due_date) from {{ ref('int_bills_valued') }}
    ) as bills
    inner join money_held_per_bill as held
        on bills.firm_id = held.firm_id and bills.bill_id = held.bill_id
    inner join {{ ref('int_tonight') }} as tonight
        on bills.firm_id = tonight.firm_id
    where
        bills.bill_class = 'approved'
        and bills.balance_amount > 0
        and tonight.as_of_date >= bills.due_date + 30

)

select
    firm_id,
    code,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    detail_key,
    bill_id,
    bill_number,
    client_name,
    trust_account,
    cast(null as varchar) as matter_number,
    since_date,
    amount,
    clio_value,
    cast(null as varchar) as xero_value,
    explanation,
    suggested_action,
    changed_at
from fees_taken

union all

select
    firm_id,
    code,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    cast(null as varchar) as detail_key,
    bill_id,
    bill_number,
    client_name,
    trust_account,
    matter_number,
    since_date,
    cast(amount as decimal(18, 2)) as amount,
    clio_value,
    cast(null as varchar) as xero_value,
    explanation,
    suggested_action,
    changed_at
from earned_fees

union all

select
    firm_id,
    'trust_receipt_in_operating' as code,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    payment_key as detail_key,
    bill_id,
    bill_number,
    client_name,
    cast(null as varchar) as trust_account,
    cast(null as varchar) as matter_number,
    payment_date as since_date,
    payment_amount as amount,
    {{ money_text('payment_amount') }} || ' into ' || account_name || ' on ' || payment_date as clio_value,
    cast(null as varchar) as xero_value,
    'Trust request ' || coalesce(bill_number, '(id ' || bill_id || ')') || coalesce(' of ' || client_name, '')
    || ' was paid with '
    || {{ money_text('payment_amount') }} || ' on ' || payment_date || ' into ' || account_name
    || ', which is not a trust account.'
        as explanation,
    'Move the money to the trust account, and correct the payment in Clio.' as suggested_action,
    changed_at
from {{ ref('int_trust_requests_misdirected') }}
