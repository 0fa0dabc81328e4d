-- Figures of trust accounts that should be equal and are not (rulebook, section 8; the tolerance is zero).
with

open_entries as (

    select
        effects.firm_id,
        effects.xero_bank_account_id,
        sum(effects.effect_amount) as effect_amount,
        count(*) as entry_count,
        sum(case when effects.changed_at >= tonight.in_flight_since_at then effects.effect_amount else 0 end)
            as in_flight_amount,
        max(effects.changed_at) as changed_at
    from {{ ref('int_trust_effects') }} as effects
    inner join {{ ref('int_tonight') }} as tonight
        on effects.firm_id = tonight.firm_id
    group by effects.firm_id, effects.xero_bank_account_id

),

entries_changed_while_loading as (

    select
        settled.firm_id,
        settled.xero_bank_account_id,
        max(settled.changed_at) as changed_at
    from {{ ref('int_trust_entries_settled') }} as settled
    inner join {{ ref('int_tonight') }} as tonight
        on settled.firm_id = tonight.firm_id and settled.changed_at >= tonight.started_at
    group by settled.firm_id, settled.xero_bank_account_id

),

outstanding_listed as (

    select
        firm_id,
        bank_account_id,
        {{ listed('list(item order by entry_date, bank_transaction_id)', ', ') }} as items
    from (
        select
            *,
            item_kind || ' ' || {{ money_text('abs(signed_amount)') }} || ' of ' || entry_date
            || case when is_old then ' (old)' else '' end as item
        from {{ ref('int_trust_outstanding_items') }}
    ) as items_worded
    group by firm_id, bank_account_id

),

figures as (

    select
        figures.*,
        coalesce(open_entries.effect_amount, 0) as open_effect_amount,
        coalesce(open_entries.entry_count, 0) as open_entry_count,
        case when figures.bank_difference_amount = open_entries.in_flight_amount then open_entries.changed_at end
            as difference_changed_at,
        -- Opening entries that agree stand against a balance of Xero without entries: together they are zero.
        cast(figures.bank_difference_amount - coalesce(open_entries.effect_amount, 0) as decimal(18, 2))
            as unexplained_amount,
        entries_changed_while_loading.changed_at as loading_changed_at,
        outstanding_listed.items as outstanding_items
    from {{ ref('int_trust_figures') }} as figures
    left join open_entries
        on
            figures.firm_id = open_entries.firm_id
            and figures.xero_bank_account_id = open_entries.xero_bank_account_id
    left join entries_changed_while_loading
        on
            figures.firm_id = entries_changed_while_loading.firm_id
            and figures.xero_bank_account_id = entries_changed_while_loading.xero_bank_account_id
    left join outstanding_listed
        on figures.firm_id = outstanding_listed.firm_id and figures.bank_account_id = outstanding_listed.bank_account_id

),

findings as (

    select
        firm_id,
        'trust_account_differs_from_ledger' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(ledger_difference_amount) as amount,
        'balance ' || {{ money_text('account_amount') }} || ', ledger '
        || {{ money_text('ledger_amount') }} as clio_value,
        cast(null as varchar) as xero_value,
        'Clio says that ' || account_name || ' holds ' || {{ money_text('account_amount') }}
        || ', but the entries of its '
        || 'ledger add up to ' || {{ money_text('ledger_amount') }} || '.' as explanation,
        'Find the entry that Clio left out or counted twice in the account''s transactions, and ask Clio to correct it.'
            as suggested_action,
        cast(null as timestamp) as changed_at
    from figures
    where ledger_difference_amount <> 0

    union all by name

    select distinct
        firm_id,
        'trust_ledger_differs_from_clients' as code,
        'firm' as subject_key,
        cast(null as varchar) as trust_account,
        abs(clients_difference_amount) as amount,
        'ledgers ' || {{ money_text('all_ledgers_amount') }} || ', clients '
        || {{ money_text('clients_amount') }} as clio_value,
        cast(null as varchar) as xero_value,
        'The ledgers of all trust accounts add up to ' || {{ money_text('all_ledgers_amount') }}
        || ', the money held for '
        || 'matters and clients to ' || {{ money_text('clients_amount') }} || '.' as explanation,
        'Assign the entries that belong to no client, or restore what was taken without one.' as suggested_action,
        cast(null as timestamp) as changed_at
    from figures
    where clients_difference_amount <> 0

    union all by name

    select
        firm_id,
        'trust_clio_differs_from_xero' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(bank_difference_amount) as amount,
        'ledger ' || {{ money_text('ledgers_of_the_bank_amount') }} as clio_value,
        'bank ' || {{ money_text('bank_amount') }} as xero_value,
        'Clio''s ledger of ' || account_name || ' stands at ' || {{ money_text('ledgers_of_the_bank_amount') }}
        || ', ' || xero_bank_label
        || ' in Xero at ' || {{ money_text('bank_amount') }} || ': Xero less Clio is '
        || {{ money_text('bank_difference_amount') }} || ', of which entries without partner and fees ('
        || open_entry_count || ') explain ' || {{ money_text('open_effect_amount') }} || '.' as explanation,
        'Post the missing entries; each is a row of its own.' as suggested_action,
        difference_changed_at as changed_at
    from figures
    where bank_difference_amount <> 0 and is_first_of_the_bank

    union all by name

    select
        firm_id,
        'trust_unexplained' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(unexplained_amount) as amount,
        'ledger ' || {{ money_text('ledgers_of_the_bank_amount') }} as clio_value,
        'bank ' || {{ money_text('bank_amount') }} || ', its entries '
        || {{ money_text('bank_entries_amount') }} as xero_value,
        'Of the difference between Clio''s ledger of ' || account_name || ' and ' || xero_bank_label || ' in Xero, '
        || {{ money_text('unexplained_amount') }} || ' is in no entry that either system shows: Xero''s balance is '
        || {{ money_text('bank_amount') }} || ', its entries add up to '
        || {{ money_text('bank_entries_amount') }} || '.' as explanation,
        'Look in Xero for a conversion balance or a journal on the bank account, and tell us if there is none.'
            as suggested_action,
        loading_changed_at as changed_at
    from figures
    where unexplained_amount <> 0 and is_first_of_the_bank

    union all by name

    select
        firm_id,
        'trust_bank_differs_from_liability' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        abs(liability_difference_amount) as amount,
        cast(null as varchar) as clio_value,
        'bank ' || {{ money_text('banks_of_the_liability_amount') }} || ', liability '
        || {{ money_text('liability_amount') }} as xero_value,
        'In Xero the trust bank account ' || xero_bank_label || ' stands at '
        || {{ money_text('banks_of_the_liability_amount') }} || ', what is owed to clients ('
        || xero_liability_label || ') at '
        || {{ money_text('liability_amount') }} || '.' as explanation,
        'Recode the entry of the trust bank account that was not booked against ' || xero_liability_label || '.'
            as suggested_action,
        cast(null as timestamp) as changed_at
    from figures
    where liability_difference_amount <> 0 and is_first_of_the_liability

    union all by name

    select
        firm_id,
        'trust_book_differs_from_statement' as code,
        {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
        account_name as trust_account,
        statement_date as since_date,
        abs(statement_difference_amount) as amount,
        'ledger on ' || statement_date || ' ' || {{ money_text('ledger_on_statement_date_amount') }} as clio_value,
        'statement of ' || statement_date || ' ' || {{ money_text('closing_amount') }} as xero_value,
        'The bank statement of ' || account_name || ' closes on ' || statement_date || ' with '
        || {{ money_text('closing_amount') }}
        || case
            when statement_kind = 'typed' then ' (typed in, so nothing is known of what had not cleared)'
            else ', ' || {{ money_text('statement_amount') }} || ' with what had not cleared ('
                || coalesce(outstanding_items, 'nothing') || ')'
        end
        || '; Clio''s ledger stood at ' || {{ money_text('ledger_on_statement_date_amount') }}
        || ' that day.' as explanation,
        'Find the bank line that the book does not have, or the entry that the bank does not know.' as suggested_action,
        cast(null as timestamp) as changed_at
    from figures
    where statement_difference_amount <> 0

)

select
    firm_id,
    code,
    subject_key,
    cast(null as varchar) as detail_key,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as bill_number,
    cast(null as varchar) as client_name,
    trust_account,
    cast(null as varchar) as matter_number,
    since_date,
    cast(amount as decimal(18, 2)) as amount,
    clio_value,
    xero_value,
    explanation,
    suggested_action,
    changed_at
from findings
