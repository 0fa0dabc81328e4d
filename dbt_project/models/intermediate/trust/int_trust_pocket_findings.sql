-- What is wrong with a pocket of clients' money (a matter, or a client's money on no matter). It was below zero at the
-- end of a day in one of the trust accounts. Or it holds what should not be in trust any more, of what Clio states for
-- each matter as of the night's day: money of matters that are closed or were not touched for a year, and earned fees,
-- of bills unpaid 30 days after their due date which the money of their matters could pay. That is spread over them,
-- the oldest first, so that no cent is named twice (how: pipelines/matching/spread.py).
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
        overdrawn.lowest_amount,
        overdrawn.lowest_date,
        overdrawn.fall_count,
        overdrawn.last_fall_date,
        overdrawn.recovered_date,
        overdrawn.balance_amount,
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

entries_after_the_day as (

    {{ trust_entries_after_the_day() }}

),

amounts_of_matters as (

    select
        firm_id,
        matter_id,
        balance_amount as amount,
        account_name,
        cast(null as date) as entry_date
    from {{ ref('stg_clio__matter_account_balances') }}
    where account_type = 'Trust'

    union all

    select
        firm_id,
        matter_id,
        -signed_amount as amount,
        account_name,
        cast(null as date) as entry_date
    from entries_after_the_day
    where matter_id is not null

    union all

    select
        firm_id,
        matter_id,
        0 as amount,
        account_name,
        entry_date
    from {{ ref('int_trust_entries') }}
    where matter_id is not null

),

matter_holdings as (

    select
        firm_id,
        matter_id,
        cast(sum(amount) as decimal(18, 2)) as held_amount,
        string_agg(distinct account_name, ', ' order by account_name) as account_names,
        max(entry_date) as last_entry_date
    from amounts_of_matters
    group by firm_id, matter_id

),

matters_holding_money as (

    select
        holdings.firm_id,
        holdings.matter_id,
        holdings.held_amount,
        holdings.account_names,
        matters.client_name,
        coalesce(matters.matter_number, holdings.matter_id) as matter_number,
        lower(matters.matter_status) = 'closed' as is_closed,
        greatest(matters.last_activity_date, holdings.last_entry_date) as last_touched_date,
        tonight.as_of_date
    from matter_holdings as holdings
    inner join {{ ref('int_tonight') }} as tonight
        on holdings.firm_id = tonight.firm_id
    left join {{ ref('stg_clio__matters') }} as matters
        on holdings.firm_id = matters.firm_id and holdings.matter_id = matters.matter_id
    where holdings.held_amount > 0

),

stale_matters as (

    select
        firm_id,
        'trust_balance_stale' as code,
        {{ subject_key('matter', 'matter_id') }} as subject_key,
        client_name,
        account_names as trust_account,
        matter_id,
        matter_number,
        matter_number as subject_label,
        last_touched_date as since_date,
        held_amount as amount,
        is_closed
    from matters_holding_money
    where is_closed or as_of_date >= last_touched_date + interval 12 month

),

bills_overdue as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.bill_number,
        bills.client_name,
        bills.changed_at,
        coalesce(bills.due_date, bills.issued_date) as due_date,
        bills.balance_amount,
        row_number() over (
            partition by bills.firm_id
            order by
                coalesce(bills.due_date, bills.issued_date),
                bills.issued_date,
                coalesce(try_cast(bills.bill_id as bigint), 0),
                bills.bill_id
        ) as place
    from {{ ref('int_bills_valued') }} as bills
    inner join {{ ref('int_tonight') }} as tonight
        on bills.firm_id = tonight.firm_id
    where
        bills.bill_class = 'approved'
        and bills.balance_amount > 0
        and tonight.as_of_date >= coalesce(bills.due_date, bills.issued_date) + 30

),

matters_of_bills as (

    select distinct
        firm_id,
        bill_id,
        matter_id
    from {{ ref('stg_clio__bill_matters') }}

),

bills_with_money as (

    select
        bills.*,
        list(distinct holding.matter_id order by holding.matter_id) as matter_ids,
        cast(sum(holding.held_amount) as decimal(18, 2)) as held_amount,
        string_agg(distinct holding.account_names, ', ' order by holding.account_names) as account_names,
        string_agg(distinct holding.matter_number, ', ' order by holding.matter_number) as matter_numbers
    from bills_overdue as bills
    inner join matters_of_bills
        on bills.firm_id = matters_of_bills.firm_id and bills.bill_id = matters_of_bills.bill_id
    inner join matters_holding_money as holding
        on
            matters_of_bills.firm_id = holding.firm_id
            and matters_of_bills.matter_id = holding.matter_id
    group by all

),

bills_in_order as (

    select
        firm_id,
        list(bill_id order by place) as bill_ids,
        list(cast(balance_amount * 100 as bigint) order by place) as asked_cents,
        list(matter_ids order by place) as matter_ids
    from bills_with_money
    group by firm_id

),

matters_in_order as (

    select
        firm_id,
        list(matter_id order by matter_id) as matter_ids,
        list(cast(held_amount * 100 as bigint) order by matter_id) as held_cents
    from matters_holding_money
    group by firm_id

),

money_spread as (

    select
        bills.firm_id,
        unnest(bills.bill_ids) as bill_id,
        cast(
            unnest(spread_money(bills.asked_cents, bills.matter_ids, matters.matter_ids, matters.held_cents)) / 100
            as decimal(18, 2)
        ) as amount
    from bills_in_order as bills
    inner join matters_in_order as matters
        on bills.firm_id = matters.firm_id

),

earned_fees as (

    select
        bills.firm_id,
        'earned_fees_left_in_trust' as code,
        {{ subject_key('clio', 'bills.bill_id') }} as subject_key,
        bills.bill_id,
        bills.client_name,
        bills.account_names as trust_account,
        bills.matter_numbers as matter_number,
        bills.due_date as since_date,
        spread.amount,
        bills.bill_number,
        bills.balance_amount,
        bills.held_amount,
        spread.amount < least(bills.balance_amount, bills.held_amount) as is_shared_with_older_bills,
        bills.changed_at
    from bills_with_money as bills
    inner join money_spread as spread
        on bills.firm_id = spread.firm_id and bills.bill_id = spread.bill_id
    where spread.amount > 0

)

-- Inside one system there is no grace: of these, only a bill may have changed tonight.
select * replace (cast(amount as decimal(18, 2)) as amount)
from (
    select * from pockets_below_zero
    union all by name
    select * from stale_matters
    union all by name
    select * from earned_fees
) as findings
