-- What is wrong with single entries of trust accounts: missing on the other side, nobody's, a bank's charge.
with

entries_described as (

    select
        entries.*,
        case when entries.signed_amount > 0 then 'deposit' else 'withdrawal' end as kind,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        coalesce(' for ' || entries.client_name, '') || coalesce(', matter ' || entries.matter_number, '')
        || coalesce(' (' || entries.description || ')', '') as whose,
        charges.entry_key is not null as is_bank_charge_taken,
        settled.match_status
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_trust_entries_settled') }} as settled
        on
            entries.firm_id = settled.firm_id
            and settled.side = 'clio'
            and entries.bank_transaction_id = settled.entry_key
    left join {{ ref('int_trust_bank_charges') }} as charges
        on
            entries.firm_id = charges.firm_id
            and charges.side = 'clio'
            and entries.bank_transaction_id = charges.entry_key

),

postings as (

    -- Ready to be typed: money received or spent on the bank account, or a manual journal where the account is no bank
    -- account, which takes neither.
    select
        entries.firm_id,
        entries.bank_transaction_id,
        accounts.xero_bank_label as bank_account,
        coalesce(entries.description, case when entries.signed_amount > 0 then 'Deposit' else 'Withdrawal' end)
            as reference,
        case
            when accounts.is_kept_by_journals
                then 'manual journal, ' || entries.entry_date || ', debit '
                    || case
                        when entries.signed_amount > 0 then accounts.xero_bank_label
                        else accounts.xero_liability_label
                    end
                    || ' ' || entries.amount_text || ', credit '
                    || case
                        when entries.signed_amount > 0 then accounts.xero_liability_label
                        else accounts.xero_bank_label
                    end
                    || ' ' || entries.amount_text || ', narration "'
                    || concat_ws(', ', entries.client_name, entries.matter_number, reference) || '".'
            else case when entries.signed_amount > 0 then 'Receive money' else 'Spend money' end
                || ', ' || entries.entry_date || ', ' || accounts.xero_bank_label || ', contact '
                || coalesce(entries.client_name, 'the bank') || ', '
                || case when entries.signed_amount > 0 then '+' else '-' end || entries.amount_text || ', coded to '
                || accounts.xero_liability_label || ', reference "' || reference || '".'
        end as posting
    from entries_described as entries
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    where entries.match_status = 'missing_in_xero'

),

findings_in_clio as (

    select
        entries.firm_id,
        'trust_entry_missing_in_xero' as code,
        entries.bank_transaction_id,
        'Clio''s ledger of ' || entries.account_name || ' has a ' || entries.kind || ' of ' || entries.amount_text
        || ' on '
        || entries.entry_date || entries.whose || '; ' || postings.bank_account
        || ' in Xero has no entry of that amount within three days'
        || coalesce('. It may be ' || hints.words, '') || '.' as explanation,
        case
            when hints.words is not null
                then 'Look first whether it is the same money as ' || hints.words || ': if it is, correct the day,'
                    || ' the amount or the account of the one that is wrong; only if it is not, Xero lacks an entry.'
            else 'Post in Xero: ' || postings.posting
        end as suggested_action,
        hints.candidate
    from entries_described as entries
    inner join postings
        on entries.firm_id = postings.firm_id and entries.bank_transaction_id = postings.bank_transaction_id
    left join {{ ref('int_trust_entry_hints') }} as hints
        on
            entries.firm_id = hints.firm_id
            and hints.side = 'clio'
            and entries.bank_transaction_id = hints.entry_key

    union all by name

    select
        firm_id,
        'trust_money_unassigned' as code,
        bank_transaction_id,
        'A ' || kind || ' of ' || amount_text || ' on ' || entry_date || ' in ' || account_name
        || coalesce(' (' || description || ')', '') || ' belongs to no client and no matter.' as explanation,
        case
            when is_bank_charge_taken
                then 'No client is to pay a bank''s charge, so assign it to none: restore it, as the row about'
                    || ' the charge says.'
            else 'Find out whose money it is, and assign it to that client and matter.'
        end as suggested_action
    from entries_described
    where pocket_key is null and signed_amount <> 0

    union all by name

    select
        firm_id,
        'bank_charge_in_trust' as code,
        bank_transaction_id,
        'A bank charge of ' || amount_text || ' was taken from ' || account_name || ' on ' || entry_date
        || coalesce(' (' || description || ')', '') || ': clients'' money paid it.' as explanation,
        'Unless it was restored already, restore ' || amount_text || ' from the operating account, and have the bank'
        || ' charge that account.'
            as suggested_action
    from entries_described
    where is_bank_charge_taken

),

findings_in_xero as (

    select
        entries.firm_id,
        entries.entry_id,
        entries.entry_key,
        entries.contact_name,
        entries.entry_date,
        entries.signed_amount,
        entries.description,
        entries.entry_kind,
        entries.changed_at,
        accounts.account_name,
        accounts.xero_bank_label,
        charges.entry_key is not null as is_bank_charge_taken,
        hints.candidate,
        hints.words as hint_words
    from {{ ref('int_trust_entries_settled') }} as settled
    inner join {{ ref('int_xero_trust_entries') }} as entries
        on settled.firm_id = entries.firm_id and settled.entry_key = entries.entry_key
    inner join {{ ref('int_trust_figures') }} as accounts
        on
            entries.firm_id = accounts.firm_id
            and entries.xero_bank_account_id = accounts.xero_bank_account_id
            and accounts.is_first_of_the_bank
    left join {{ ref('int_trust_entry_hints') }} as hints
        on settled.firm_id = hints.firm_id and hints.side = 'xero' and settled.entry_key = hints.entry_key
    left join {{ ref('int_trust_bank_charges') }} as charges
        on settled.firm_id = charges.firm_id and charges.side = 'xero' and settled.entry_key = charges.entry_key
    where settled.side = 'xero' and settled.match_status = 'missing_in_clio'

)

select
    findings.firm_id,
    findings.code,
    {{ subject_key('clio-entry', 'findings.bank_transaction_id') }} as subject_key,
    entries.client_name,
    entries.account_name as trust_account,
    entries.matter_id,
    entries.matter_number,
    entries.kind || ' of ' || entries.entry_date as subject_label,
    entries.entry_date as since_date,
    cast(abs(entries.signed_amount) as decimal(18, 2)) as amount,
    entries.kind || ' ' || entries.amount_text || ' on ' || entries.entry_date as clio_value,
    findings.explanation,
    findings.suggested_action,
    findings.candidate,
    -- Money of nobody is a matter inside Clio, without grace.
    case when findings.code <> 'trust_money_unassigned' then entries.changed_at end as changed_at
from findings_in_clio as findings
inner join entries_described as entries
    on findings.firm_id = entries.firm_id and findings.bank_transaction_id = entries.bank_transaction_id

union all by name

select
    firm_id,
    case when is_bank_charge_taken then 'bank_charge_in_trust' else 'trust_entry_missing_in_clio' end as code,
    {{ subject_key('xero-entry', 'entry_id') }} as subject_key,
    case when entry_key <> entry_id then entry_key end as detail_key,
    contact_name as client_name,
    account_name as trust_account,
    entry_kind || ' of ' || entry_date as subject_label,
    entry_date as since_date,
    cast(abs(signed_amount) as decimal(18, 2)) as amount,
    entry_kind || ' ' || {{ money_text('signed_amount') }} || ' on ' || entry_date as xero_value,
    case when is_bank_charge_taken then 'A bank charge that clients'' money paid: ' else '' end
    || xero_bank_label || ' in Xero has ' || entry_kind || ' of ' || {{ money_text('abs(signed_amount)') }}
    || case
        when entry_kind in ('money received', 'money spent') then ''
        when signed_amount > 0 then ' in'
        else ' out'
    end
    || ' on ' || entry_date || coalesce(' with ' || contact_name, '') || coalesce(' (' || description || ')', '')
    || '; Clio''s ledger of ' || account_name || ' has no entry of that amount within three days'
    || coalesce('. It may be ' || hint_words, '') || '.' as explanation,
    case
        when hint_words is not null
            then 'Look first whether it is the same money as ' || hint_words || ': if it is, correct the day,'
                || ' the amount or the account of the one that is wrong; only if it is not, Clio lacks an entry.'
        when is_bank_charge_taken
            then 'Unless it was restored already, restore ' || {{ money_text('abs(signed_amount)') }}
                || ' from the operating account, have the bank'
                || ' charge that account, and enter the charge and what restores it in Clio.'
        else 'Look at the bank whether the money moved. If it did, record it in Clio with its client and matter; if it'
            || ' did not, take it back in Xero.'
    end as suggested_action,
    candidate,
    changed_at
from findings_in_xero
