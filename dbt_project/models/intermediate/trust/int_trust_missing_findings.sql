-- Entries of trust accounts that are missing on the other side, in words: what is to be posted there, or what stands
-- there already that it may be.
with

entries_missing as (

    select
        entries.firm_id,
        'clio' as side,
        entries.bank_transaction_id as entry_key,
        {{ subject_key('clio-entry', 'entries.bank_transaction_id') }} as subject_key,
        cast(null as varchar) as detail_key,
        entries.entry_date,
        entries.signed_amount,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        case when entries.signed_amount > 0 then 'deposit' else 'withdrawal' end as kind,
        entries.client_name,
        entries.matter_id,
        entries.matter_number,
        entries.description,
        entries.changed_at,
        accounts.account_name,
        accounts.is_kept_by_journals,
        accounts.xero_bank_label,
        accounts.xero_liability_label
    from {{ ref('int_trust_entries_settled') }} as settled
    inner join {{ ref('int_trust_entries') }} as entries
        on
            settled.firm_id = entries.firm_id
            and settled.side = 'clio'
            and settled.entry_key = entries.bank_transaction_id
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    where settled.match_status = 'missing_in_xero'

    union all by name

    select
        entries.firm_id,
        'xero' as side,
        entries.entry_key,
        {{ subject_key('xero-entry', 'entries.entry_id') }} as subject_key,
        case when entries.entry_key <> entries.entry_id then entries.entry_key end as detail_key,
        entries.entry_date,
        entries.signed_amount,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        entries.entry_kind as kind,
        entries.contact_name as client_name,
        entries.description,
        entries.is_bank_charge,
        entries.changed_at,
        accounts.account_name,
        accounts.xero_bank_label
    from {{ ref('int_trust_entries_settled') }} as settled
    inner join {{ ref('int_xero_trust_entries') }} as entries
        on settled.firm_id = entries.firm_id and settled.side = 'xero' and settled.entry_key = entries.entry_key
    inner join {{ ref('int_trust_accounts') }} as accounts
        on
            entries.firm_id = accounts.firm_id
            and entries.xero_bank_account_id = accounts.xero_bank_account_id
            and accounts.bank_account_id = accounts.bank_first_id
    where settled.match_status = 'missing_in_clio'

),

postings as (

    -- Ready to be typed: money received or spent on the bank account, or a manual journal where the account is no bank
    -- account, which takes neither.
    select
        firm_id,
        entry_key,
        coalesce(description, case when signed_amount > 0 then 'Deposit' else 'Withdrawal' end) as reference,
        case
            when is_kept_by_journals
                then 'manual journal, ' || entry_date || ', debit '
                    || case when signed_amount > 0 then xero_bank_label else xero_liability_label end
                    || ' ' || amount_text || ', credit '
                    || case when signed_amount > 0 then xero_liability_label else xero_bank_label end
                    || ' ' || amount_text || ', narration "'
                    || concat_ws(', ', client_name, matter_number, reference) || '".'
            else case when signed_amount > 0 then 'Receive money' else 'Spend money' end
                || ', ' || entry_date || ', ' || xero_bank_label || ', contact '
                || coalesce(client_name, 'the bank') || ', '
                || case when signed_amount > 0 then '+' else '-' end || amount_text || ', coded to '
                || xero_liability_label || ', reference "' || reference || '".'
        end as posting
    from entries_missing
    where side = 'clio'

)

select
    entries.firm_id,
    case
        when entries.side = 'clio' then 'trust_entry_missing_in_xero'
        when entries.is_bank_charge then 'bank_charge_in_trust'
        else 'trust_entry_missing_in_clio'
    end as code,
    entries.subject_key,
    entries.detail_key,
    entries.client_name,
    entries.account_name as trust_account,
    entries.matter_id,
    entries.matter_number,
    entries.kind || ' of ' || entries.entry_date as subject_label,
    entries.entry_date as since_date,
    cast(abs(entries.signed_amount) as decimal(18, 2)) as amount,
    case when entries.side = 'clio' then entries.kind || ' ' || entries.amount_text || ' on ' || entries.entry_date end
        as clio_value,
    case
        when entries.side = 'xero'
            then entries.kind || ' ' || {{ money_text('entries.signed_amount') }} || ' on ' || entries.entry_date
    end as xero_value,
    case
        when entries.side = 'clio'
            then 'Clio''s ledger of ' || entries.account_name || ' has a ' || entries.kind || ' of '
                || entries.amount_text || ' on ' || entries.entry_date || coalesce(' for ' || entries.client_name, '')
                || coalesce(', matter ' || entries.matter_number, '')
                || coalesce(' (' || entries.description || ')', '')
                || '; ' || entries.xero_bank_label || ' in Xero has no entry of that amount within three days'
        else case when entries.is_bank_charge then 'A bank charge that clients'' money paid: ' else '' end
            || entries.xero_bank_label || ' in Xero has ' || entries.kind || ' of ' || entries.amount_text
            || case
                when entries.kind in ('money received', 'money spent') then ''
                when entries.signed_amount > 0 then ' in'
                else ' out'
            end
            || ' on ' || entries.entry_date || coalesce(' with ' || entries.client_name, '')
            || coalesce(' (' || entries.description || ')', '')
            || '; Clio''s ledger of ' || entries.account_name || ' has no entry of that amount within three days'
    end
    || coalesce('. It may be ' || hints.words, '') || '.' as explanation,
    case
        when hints.words is not null
            then 'Look first whether it is the same money as ' || hints.words || ': if it is, correct the day,'
                || ' the amount or the account of the one that is wrong; only if it is not, '
                || case entries.side when 'clio' then 'Xero' else 'Clio' end || ' lacks an entry.'
        when entries.side = 'clio' then 'Post in Xero: ' || postings.posting
        when entries.is_bank_charge
            then 'Unless it was restored already, restore ' || entries.amount_text
                || ' from the operating account, have the bank'
                || ' charge that account, and enter the charge and what restores it in Clio.'
        else 'Look at the bank whether the money moved. If it did, record it in Clio with its client and matter; if it'
            || ' did not, take it back in Xero.'
    end as suggested_action,
    hints.candidate,
    entries.changed_at
from entries_missing as entries
left join {{ ref('int_trust_entry_hints') }} as hints
    on entries.firm_id = hints.firm_id and entries.side = hints.side and entries.entry_key = hints.entry_key
left join postings
    on entries.firm_id = postings.firm_id and entries.side = 'clio' and entries.entry_key = postings.entry_key
