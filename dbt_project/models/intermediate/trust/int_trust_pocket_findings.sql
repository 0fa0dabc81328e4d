-- What is wrong with the money held for one matter or one client.
with

pockets_overdrawn as (

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
    from {{ ref('int_trust_pockets_overdrawn') }} as overdrawn
    left join {{ ref('stg_clio__matters') }} as matters
        on
            overdrawn.firm_id = matters.firm_id
            and overdrawn.pocket_key = {{ subject_key('matter', 'matters.matter_id') }}
    left join {{ ref('int_clio_clients') }} as clients
        on
            overdrawn.firm_id = clients.firm_id
            and overdrawn.pocket_key = {{ subject_key('client', 'clients.client_id') }}

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
    from {{ ref('int_trust_matter_holdings') }} as holdings
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
        'holds ' || {{ money_text('held_amount') }} || ', '
        || case when is_closed then 'closed' else 'last touched ' || last_touched_date end as clio_value,
        'Matter ' || matter_number || coalesce(' of ' || client_name, '') || ' holds '
        || {{ money_text('held_amount') }}
        || ' in trust although it ' || case
            when is_closed then 'is closed'
            else 'was last touched on ' || last_touched_date
        end || '.' as explanation,
        'Return the ' || {{ money_text('held_amount') }} || ' to the client, or apply it to what the client owes.'
            as suggested_action
    from matters_holding_money
    where is_closed or as_of_date >= last_touched_date + interval 12 month

)

-- Inside one system there is no grace: none of them waits for a change to settle.
select * replace (cast(amount as decimal(18, 2)) as amount)
from (
    select * from pockets_overdrawn
    union all by name
    select * from stale_matters
) as findings
