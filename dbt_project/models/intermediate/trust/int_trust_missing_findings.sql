-- Entries of trust accounts that are missing on the other side, in words: what is to be posted there, or what stands
-- there already that it may be. That is an entry without partner of the same amount some days further off, or booked
-- with the other sign or on another account; one of the same client with another amount; one that is the sum of
-- several, of which nobody can tell which; or the money that Clio has twice.
with

entries_missing as (

    select
        entries.firm_id,
        'clio' as side,
        entries.bank_transaction_id as entry_key,
        {{ subject_key('clio-entry', 'entries.bank_transaction_id') }} as subject_key,
        cast(null as varchar) as detail_key,
        entries.xero_bank_account_id,
        entries.entry_date,
        entries.signed_amount,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        case when entries.signed_amount > 0 then 'deposit' else 'withdrawal' end as kind,
        entries.client_id,
        entries.client_name,
        entries.client_name_key,
        entries.matter_id,
        entries.matter_number,
        entries.description,
        entries.changed_at,
        settled.original_id,
        settled.is_original_in_xero,
        accounts.account_name,
        accounts.is_kept_by_journals,
        accounts.xero_bank_label,
        accounts.xero_liability_label,
        kind || ' of ' || amount_text || ' on ' || entries.entry_date
        || coalesce(' for ' || entries.client_name, '') as words
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
        entries.xero_bank_account_id,
        entries.entry_date,
        entries.signed_amount,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        entries.entry_kind as kind,
        entries.client_ids,
        entries.words_key,
        entries.contact_name as client_name,
        entries.description,
        entries.is_bank_charge,
        entries.changed_at,
        accounts.account_name,
        accounts.xero_bank_label,
        kind || ' of ' || amount_text
        || case
            when kind not in ('transfer', 'payment', 'batch payment') then ''
            when entries.signed_amount > 0 then ' in'
            else ' out'
        end
        || ' on ' || entries.entry_date || coalesce(' with ' || entries.contact_name, '') as words
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

in_clio as (

    select * from entries_missing
    where side = 'clio'

),

in_xero as (

    select * from entries_missing
    where side = 'xero'

),

pairs_of_equal_amount as (

    select
        in_clio.firm_id,
        in_clio.entry_key as clio_key,
        in_xero.entry_key as xero_key,
        1 as place
    from in_clio
    inner join in_xero
        on
            in_clio.firm_id = in_xero.firm_id
            and in_clio.xero_bank_account_id = in_xero.xero_bank_account_id
            and in_clio.signed_amount = in_xero.signed_amount
            and in_xero.entry_date between in_clio.entry_date - 31 and in_clio.entry_date + 31

),

pairs_misplaced as (

    select
        in_clio.firm_id,
        in_clio.entry_key as clio_key,
        in_xero.entry_key as xero_key,
        2 as place
    from in_clio
    inner join in_xero
        on
            in_clio.firm_id = in_xero.firm_id
            and abs(in_clio.signed_amount) = abs(in_xero.signed_amount)
            and in_xero.entry_date between in_clio.entry_date - 3 and in_clio.entry_date + 3
    where
        in_clio.xero_bank_account_id <> in_xero.xero_bank_account_id
        or in_clio.signed_amount <> in_xero.signed_amount

),

pairs_of_another_amount as (

    select
        in_clio.firm_id,
        in_clio.entry_key as clio_key,
        in_xero.entry_key as xero_key,
        3 as place
    from in_clio
    inner join in_xero
        on
            in_clio.firm_id = in_xero.firm_id
            and in_clio.xero_bank_account_id = in_xero.xero_bank_account_id
            and sign(in_clio.signed_amount) = sign(in_xero.signed_amount)
            and in_clio.signed_amount <> in_xero.signed_amount
            and in_xero.entry_date between in_clio.entry_date - 3 and in_clio.entry_date + 3
    where {{ names_the_client('in_clio', 'in_xero') }}

),

pairs_of_unclear_sums as (

    select
        firm_id,
        case one_side when 'clio' then one_key else entry_key end as clio_key,
        case one_side when 'clio' then entry_key else one_key end as xero_key,
        4 as place
    from {{ ref('int_trust_sums') }}
    where not is_taken

),

pairs as (

    select * from pairs_of_equal_amount
    union all
    select * from pairs_misplaced
    union all
    select * from pairs_of_another_amount
    union all
    select * from pairs_of_unclear_sums

),

what_each_may_be as (

    {%- for side, other, system in [('clio', 'xero', 'Xero'), ('xero', 'clio', 'Clio')] %}
        select
            pairs.firm_id,
            '{{ side }}' as side,
            in_{{ side }}.entry_key,
            in_{{ other }}.entry_key as other_key,
            in_{{ other }}.entry_date as other_date,
            min(pairs.place) as place,
            in_{{ other }}.subject_key as candidate,
            in_{{ other }}.words || ' in {{ system }}' as words
        from pairs
        inner join in_clio
            on pairs.firm_id = in_clio.firm_id and pairs.clio_key = in_clio.entry_key
        inner join in_xero
            on pairs.firm_id = in_xero.firm_id and pairs.xero_key = in_xero.entry_key
        group by all

        union all

    {% endfor %}
    select
        firm_id,
        side,
        entry_key,
        original_id as other_key,
        entry_date as other_date,
        0 as place,
        {{ subject_key('clio-entry', 'original_id') }} as candidate,
        'entry ' || original_id || ' of the same day, client and amount in Clio, which Xero has' as words
    from in_clio
    where is_original_in_xero

),

first_four_of_what_each_may_be as (

    select
        *,
        row_number() over (partition by firm_id, side, entry_key order by place, other_date, other_key) as position,
        count(*) over (partition by firm_id, side, entry_key) as all_count
    from what_each_may_be
    qualify position <= 4

),

hints as (

    select
        firm_id,
        side,
        entry_key,
        string_agg(candidate, ', ' order by position) as candidate,
        'the ' || string_agg(words, ', or the ' order by position)
        || case when max(all_count) > 4 then ', or one of ' || (max(all_count) - 4) || ' more' else '' end as words
    from first_four_of_what_each_may_be
    group by firm_id, side, entry_key

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
    from in_clio

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
left join hints
    on entries.firm_id = hints.firm_id and entries.side = hints.side and entries.entry_key = hints.entry_key
left join postings
    on entries.firm_id = postings.firm_id and entries.side = 'clio' and entries.entry_key = postings.entry_key
