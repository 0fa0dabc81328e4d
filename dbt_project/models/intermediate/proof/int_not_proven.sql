-- What could not be shown tonight: one row per thing that was asked for and not to be had, in words. A night with such
-- a thing is pending at best; only that an account never had a bank statement is said and changes nothing.
with

xero_total_missing as (

    select
        tonight.firm_id,
        1 as subject_order,
        'receivables' as subject,
        'Xero''s receivables account: ' || case
            when receivables.is_rate_unknown
                then 'a bill is in a currency of which no document gives a rate, and counts as it stands'
            when tonight.is_rebuilt then 'as of a past day it says nothing of the receivables of today'
            when lists.load_mode = 'refused' then 'Xero refused the trial balance'
            when lists.load_mode = 'not as asked' then 'the trial balance that Xero gave ' || lists.proof
            when lists.fetched_row_count > 0 then 'Xero marks no account as that of receivables (DEBTORS)'
            else 'the trial balance that Xero gave has no line'
        end as sentence,
        true as is_asked_for
    from {{ ref('int_receivables') }} as receivables
    inner join {{ ref('int_tonight') }} as tonight
        on receivables.firm_id = tonight.firm_id
    left join {{ ref('stg_evidence__lists') }} as lists
        on
            tonight.firm_id = lists.firm_id
            and tonight.run_id = lists.run_id
            and lists.source_system = 'xero'
            and lists.list_name = 'trial_balance'
    where receivables.xero_control_amount is null

),

clio_total_missing as (

    select
        firm_id,
        2 as subject_order,
        'outstanding balances' as subject,
        'Clio''s outstanding client balances: Clio refused the list' as sentence,
        true as is_asked_for
    from {{ ref('int_receivables') }}
    where clio_control_amount is null

),

statements_of_each_account as (

    select
        figures.firm_id,
        figures.bank_account_id,
        figures.account_name,
        figures.statement_date,
        figures.is_statement_too_old as is_too_old,
        figures.statement_counts_until_date as counts_until_date,
        known.figure is not null as was_there_before
    from {{ ref('int_trust_figures') }} as figures
    left join {{ ref('trust_figures_remembered') }} as known
        on
            figures.firm_id = known.firm_id
            and figures.bank_account_id = known.bank_account_id
            and known.figure = 'bank statement'

),

statements_lacking as (

    select
        firm_id,
        4 as subject_order,
        'statement of ' || bank_account_id as subject,
        'the bank''s side of trust account ' || {{ at_most('account_name', 100) }} || ': ' || case
            when is_too_old
                then 'its last statement is of ' || statement_date || ' and counted until ' || counts_until_date
            when was_there_before then 'its statement was there before and is gone'
            else 'no bank statement was ever imported'
        end as sentence,
        coalesce(is_too_old, false) or was_there_before as is_asked_for
    from statements_of_each_account
    where statement_date is null or is_too_old

),

trust_figures_gone as (

    select
        known.firm_id,
        3 as subject_order,
        'figures of ' || known.bank_account_id as subject,
        'trust account ' || {{ at_most('figures.account_name', 100) }} || ': '
        || string_agg('the ' || known.figure, ' and ' order by known.figure) || ' had a figure before and has none'
            as sentence,
        true as is_asked_for
    from {{ ref('trust_figures_remembered') }} as known
    inner join {{ ref('int_trust_figures') }} as figures
        on known.firm_id = figures.firm_id and known.bank_account_id = figures.bank_account_id
    where
        (known.figure = 'bank account in Xero' and figures.bank_amount is null)
        or (known.figure = 'liability account in Xero' and figures.liability_amount is null)
    group by known.firm_id, known.bank_account_id, figures.account_name

),

trust_accounts_gone as (

    -- Client money that is not shown any more is somewhere. One that was emptied before it went left nothing behind.
    select
        firm_id,
        3 as subject_order,
        'account ' || bank_account_id as subject,
        'trust account ' || coalesce(bank_account_name, bank_account_id) || ' with '
        || {{ money_text('balance_amount') }} || ': Clio does not show it any more, since '
        || strftime(vanished_at, '%Y-%m-%d') as sentence,
        true as is_asked_for
    from {{ ref('stg_clio__bank_accounts') }}
    where vanished_at is not null and bank_account_type = 'Trust' and balance_amount <> 0

),

trust_accounts_not_mapped as (

    select
        figures.firm_id,
        5 as subject_order,
        'mapping of ' || figures.bank_account_id as subject,
        'trust account ' || {{ at_most('figures.account_name', 100) }} || ' with '
        || {{ money_text('figures.account_amount') }} || ': no mapping says which account in Xero it is' as sentence,
        true as is_asked_for
    from {{ ref('int_trust_figures') }} as figures
    where figures.lacks_a_mapping

),

prepayments_read_elsewhere as (

    -- Nothing that was asked for is missing: the account agrees, and this says how it was read.
    select
        firm_id,
        7 as subject_order,
        'prepayments' as subject,
        'prepayments of ' || {{ money_text('sum(own_remaining_amount)') }}
        || ' are read as standing outside Xero''s receivables account, which agrees without them' as sentence,
        false as is_asked_for
    from {{ ref('int_credits_remaining') }}
    where not is_in_receivables
    group by firm_id

),

assumptions_broken as (

    select
        firm_id,
        6 as subject_order,
        assumption as subject,
        'assumed and not so: ' || rtrim(sentence, '.') || ' (' || broken_count || ' not, such as ' || example_key || ')'
            as sentence,
        true as is_asked_for
    from {{ ref('assumptions') }}
    where broken_count > 0 and assumption <> 'prepayments_stand_in_receivables'

),

losses_believed_on_a_word as (

    select
        tonight.firm_id,
        7 as subject_order,
        'loss of ' || losses.accepted_list as subject,
        losses.accepted_list || ' lost ' || losses.lost_row_count || ' of ' || losses.held_row_count
        || ' records, which a person named; nothing of Clio or Xero shows why' as sentence,
        true as is_asked_for
    from {{ ref('stg_evidence__accepted_losses') }} as losses
    inner join {{ ref('int_tonight') }} as tonight
        on losses.firm_id = tonight.firm_id and losses.run_id = tonight.run_id

)

select * from xero_total_missing
union all
select * from clio_total_missing
union all
select * from trust_figures_gone
union all
select * from statements_lacking
union all
select * from trust_accounts_gone
union all
select * from trust_accounts_not_mapped
union all
select * from assumptions_broken
union all
select * from losses_believed_on_a_word
union all
select * from prepayments_read_elsewhere
