-- What is wrong with entries of Clio's trust accounts, whether Xero has them or not: nobody's money, a charge of a
-- bank, a card or a processor that clients' money paid, one that stands in Xero under another client, two that may undo
-- each other, and one that stands twice.
with

-- By its type or words in Clio, or by the words of its partner in Xero. What only may be a charge by its words (a
-- returned cheque) is none where it takes back what came into the same pocket before.
charges_said_by_partners as (

    select
        partners.firm_id,
        partners.bank_transaction_id
    from {{ ref('int_trust_partners') }} as partners
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on partners.firm_id = xero_entries.firm_id and partners.entry_key = xero_entries.entry_key
    where partners.is_certain and partners.sum_key is null and xero_entries.is_bank_charge

),

bank_charges as (

    select
        entries.firm_id,
        entries.bank_transaction_id
    from {{ ref('int_trust_entries') }} as entries
    left join charges_said_by_partners as said
        on entries.firm_id = said.firm_id and entries.bank_transaction_id = said.bank_transaction_id
    where
        entries.is_bank_charge
        or (
            (
                entries.is_bank_item
                or (entries.signed_amount < 0 and entries.matter_id is null and said.firm_id is not null)
            )
            and not exists (
                select 1
                from {{ ref('int_trust_entries') }} as returned
                where
                    returned.firm_id = entries.firm_id
                    and returned.bank_account_id = entries.bank_account_id
                    and returned.pocket_key is not distinct from entries.pocket_key
                    and returned.signed_amount = -entries.signed_amount
                    and returned.entry_date between entries.entry_date - 31 and entries.entry_date
            )
        )

),

entries_described as (

    select
        entries.*,
        case when entries.signed_amount > 0 then 'deposit' else 'withdrawal' end as kind,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        kind || ' of ' || amount_text || ' on ' || entries.entry_date as what,
        coalesce(' for ' || entries.client_name, '') || coalesce(', matter ' || entries.matter_number, '')
        || coalesce(' (' || entries.description || ')', '') as whose,
        charges.firm_id is not null as is_bank_charge_taken,
        settled.match_status,
        settled.offset_entry_id,
        settled.original_id,
        settled.is_original_in_xero,
        settled.is_original_in_xero and settled.has_a_partner as are_both_in_xero
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_trust_entries_settled') }} as settled
        on
            entries.firm_id = settled.firm_id
            and settled.side = 'clio'
            and entries.bank_transaction_id = settled.entry_key
    left join bank_charges as charges
        on entries.firm_id = charges.firm_id and entries.bank_transaction_id = charges.bank_transaction_id

),

partners_under_two_clients as (

    select
        partners.firm_id,
        arg_max(entries.bank_transaction_id, (entries.entry_number, entries.bank_transaction_id))
            as bank_transaction_id,
        partners.entry_key,
        partners.sum_key,
        string_agg(distinct entries.client_name, ', ' order by entries.client_name) as client_names
    from {{ ref('int_trust_partners') }} as partners
    inner join {{ ref('int_trust_entries') }} as entries
        on partners.firm_id = entries.firm_id and partners.bank_transaction_id = entries.bank_transaction_id
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on partners.firm_id = xero_entries.firm_id and partners.entry_key = xero_entries.entry_key
    where partners.is_certain
    group by partners.firm_id, partners.entry_key, partners.sum_key
    having
        bool_or({{ names_another_client('entries', 'xero_entries') }})
        and not bool_or({{ names_the_client('entries', 'xero_entries') }})

),

rows_under_two_clients as (

    select
        found.firm_id,
        found.bank_transaction_id,
        sum(xero_entries.signed_amount) as signed_amount,
        max(found.client_names) as client_names,
        string_agg(
            xero_entries.entry_kind || ' of ' || {{ money_text('abs(xero_entries.signed_amount)') }} || ' on '
            || xero_entries.entry_date || coalesce(' with ' || xero_entries.contact_name, ''),
            ', ' order by xero_entries.entry_date, xero_entries.entry_key
        ) as in_xero,
        max(xero_entries.changed_at) as changed_at
    from partners_under_two_clients as found
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on found.firm_id = xero_entries.firm_id and found.entry_key = xero_entries.entry_key
    group by found.firm_id, found.bank_transaction_id

),

findings as (

    select
        firm_id,
        'trust_money_unassigned' as code,
        bank_transaction_id,
        kind || ' of ' || entry_date as subject_label,
        abs(signed_amount) as amount,
        kind || ' ' || amount_text || ' on ' || entry_date as clio_value,
        'A ' || kind || ' of ' || amount_text || ' on ' || entry_date || ' in ' || account_name
        || coalesce(' (' || description || ')', '') || ' belongs to no client and no matter.' as explanation,
        case
            when is_bank_charge_taken
                then 'No client is to pay a bank''s charge, so assign it to none: restore it, as the row about'
                    || ' the charge says.'
            else 'Find out whose money it is, and assign it to that client and matter.'
        end as suggested_action
    from entries_described
    -- Without the time of a change, as a matter inside Clio has no grace.
    where pocket_key is null and signed_amount <> 0

    union all by name

    select
        firm_id,
        'bank_charge_in_trust' as code,
        bank_transaction_id,
        kind || ' of ' || entry_date as subject_label,
        abs(signed_amount) as amount,
        kind || ' ' || amount_text || ' on ' || entry_date as clio_value,
        'A bank charge of ' || amount_text || ' was taken from ' || account_name || ' on ' || entry_date
        || coalesce(' (' || description || ')', '') || ': clients'' money paid it.' as explanation,
        'Unless it was restored already, restore ' || amount_text || ' from the operating account, and have the bank'
        || ' charge that account.' as suggested_action,
        changed_at
    from entries_described
    where is_bank_charge_taken

    union all by name

    select
        entries.firm_id,
        'trust_entry_other_client' as code,
        entries.bank_transaction_id,
        abs(found.signed_amount) as amount,
        found.in_xero as xero_value,
        'The ' || entries.what || entries.whose || ' in ' || entries.account_name || ' stands in Xero under another'
        || ' client: ' || found.in_xero || '.' as explanation,
        'Find out whose money it is. If it is one movement of money, correct the client where it is wrong. If they are'
        || ' two, each lacks its partner: the money of ' || found.client_names || ' in Xero, the other in Clio.'
            as suggested_action,
        greatest(entries.changed_at, found.changed_at) as changed_at
    from rows_under_two_clients as found
    inner join entries_described as entries
        on found.firm_id = entries.firm_id and found.bank_transaction_id = entries.bank_transaction_id

    union all by name

    select
        entries.firm_id,
        'bank_charge_in_trust' as code,
        entries.bank_transaction_id,
        netted.fee_amount as amount,
        xero_entries.entry_kind || ' ' || {{ money_text('xero_entries.signed_amount') }} || ' on '
        || xero_entries.entry_date as xero_value,
        'The ' || entries.what || entries.whose || ' arrived in ' || banks.xero_bank_label || ' in Xero as '
        || {{ money_text('xero_entries.signed_amount') }} || ' on ' || xero_entries.entry_date || ': '
        || {{ money_text('netted.fee_amount') }} || ' was taken out of clients'' money on the way.' as explanation,
        'Unless it was restored already, restore ' || {{ money_text('netted.fee_amount') }} || ' from the operating'
        || ' account, and have the bank or the processor charge that account.' as suggested_action,
        greatest(entries.changed_at, xero_entries.changed_at) as changed_at
    from {{ ref('int_trust_partners') }} as netted
    inner join entries_described as entries
        on
            netted.firm_id = entries.firm_id
            and netted.bank_transaction_id = entries.bank_transaction_id
            and netted.fee_amount <> 0
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on netted.firm_id = xero_entries.firm_id and netted.entry_key = xero_entries.entry_key
    inner join {{ ref('int_trust_accounts') }} as banks
        on entries.firm_id = banks.firm_id and entries.bank_account_id = banks.bank_account_id

    union all by name

    select
        entries.firm_id,
        'trust_offset_unconfirmed' as code,
        entries.bank_transaction_id,
        abs(entries.signed_amount) as amount,
        'The ' || entries.what || entries.whose || ' and the ' || others.what || others.whose || ' in '
        || others.account_name || ' are equal and opposite, and Xero has neither (entries '
        || others.bank_transaction_id || ' and ' || entries.bank_transaction_id || ' of Clio).' as explanation,
        'Say once which it is: if the one undoes the other and no money moved at the bank, accept this row; if money'
        || ' moved, Xero lacks both entries.' as suggested_action,
        greatest(entries.changed_at, others.changed_at) as changed_at
    from entries_described as entries
    inner join entries_described as others
        on entries.firm_id = others.firm_id and entries.offset_entry_id = others.bank_transaction_id
    where entries.match_status = 'offset_unconfirmed'

    union all by name

    select
        firm_id,
        'trust_entry_duplicated' as code,
        case when are_both_in_xero then 'low' end as severity,
        bank_transaction_id,
        abs(signed_amount) as amount,
        'The ' || what || whose || ' is entered twice in ' || account_name || ': entries '
        || original_id || ' and ' || bank_transaction_id
        || case when are_both_in_xero then '; Xero has both as well' else '' end || '.' as explanation,
        case
            when are_both_in_xero
                then 'Look at the bank whether the money moved twice. If it did, accept this row. If it moved once, it'
                    || ' is one too many in both systems: correct both, never one alone.'
            when is_original_in_xero
                then 'Look at the bank whether the money moved once or twice. If once, delete entry '
                    || bank_transaction_id || ' in Clio: Xero has the money once. If twice, keep both, and post'
                    || ' the second one in Xero.'
            else 'Look at the bank whether the money moved once or twice. If once, delete entry '
                || bank_transaction_id || ' in Clio. Each entry that is right is still to be posted in Xero, as'
                || ' its own row says.'
        end as suggested_action,
        changed_at
    from entries_described
    where original_id is not null

)

select
    findings.firm_id,
    findings.code,
    findings.severity,
    {{ subject_key('clio-entry', 'findings.bank_transaction_id') }} as subject_key,
    findings.subject_label,
    entries.client_name,
    entries.account_name as trust_account,
    entries.matter_id,
    entries.matter_number,
    cast(findings.amount as decimal(18, 2)) as amount,
    coalesce(findings.clio_value, entries.what) as clio_value,
    findings.xero_value,
    findings.explanation,
    findings.suggested_action,
    entries.entry_date as since_date,
    findings.changed_at
from findings
inner join entries_described as entries
    on findings.firm_id = entries.firm_id and findings.bank_transaction_id = entries.bank_transaction_id
