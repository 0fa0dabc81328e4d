-- What is wrong between entries that belong together: partners under two clients, a deposit that a fee was taken of,
-- two entries of Clio that may undo each other, and one that stands twice.
with

entries_described as (

    select
        *,
        case when signed_amount > 0 then 'deposit' else 'withdrawal' end
        || ' of ' || {{ money_text('abs(signed_amount)') }} || ' on ' || entry_date as what,
        coalesce(' for ' || client_name, '') || coalesce(', matter ' || matter_number, '')
        || coalesce(' (' || description || ')', '') as whose
    from {{ ref('int_trust_entries') }}

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
    from {{ ref('int_trust_offsets') }} as offsets
    inner join entries_described as entries
        on
            offsets.firm_id = entries.firm_id
            and offsets.entry_id = entries.bank_transaction_id
            and not offsets.is_move
    inner join entries_described as others
        on offsets.firm_id = others.firm_id and offsets.other_entry_id = others.bank_transaction_id

    union all by name

    select
        entries.firm_id,
        'trust_entry_duplicated' as code,
        case when copies.are_both_in_xero then 'low' end as severity,
        entries.bank_transaction_id,
        abs(entries.signed_amount) as amount,
        'The ' || entries.what || entries.whose || ' is entered twice in ' || entries.account_name || ': entries '
        || copies.original_id || ' and ' || entries.bank_transaction_id
        || case when copies.are_both_in_xero then '; Xero has both as well' else '' end || '.' as explanation,
        case
            when copies.are_both_in_xero
                then 'Look at the bank whether the money moved twice. If it did, accept this row. If it moved once, it'
                    || ' is one too many in both systems: correct both, never one alone.'
            when copies.is_original_in_xero
                then 'Look at the bank whether the money moved once or twice. If once, delete entry '
                    || entries.bank_transaction_id || ' in Clio: Xero has the money once. If twice, keep both, and post'
                    || ' the second one in Xero.'
            else 'Look at the bank whether the money moved once or twice. If once, delete entry '
                || entries.bank_transaction_id || ' in Clio. Each entry that is right is still to be posted in Xero, as'
                || ' its own row says.'
        end as suggested_action,
        entries.changed_at
    from {{ ref('int_trust_entries_duplicated') }} as copies
    inner join entries_described as entries
        on copies.firm_id = entries.firm_id and copies.bank_transaction_id = entries.bank_transaction_id

)

select
    findings.firm_id,
    findings.code,
    findings.severity,
    {{ subject_key('clio-entry', 'findings.bank_transaction_id') }} as subject_key,
    entries.client_name,
    entries.account_name as trust_account,
    entries.matter_id,
    entries.matter_number,
    cast(findings.amount as decimal(18, 2)) as amount,
    entries.what as clio_value,
    findings.xero_value,
    findings.explanation,
    findings.suggested_action,
    entries.entry_date as since_date,
    findings.changed_at
from findings
inner join entries_described as entries
    on findings.firm_id = entries.firm_id and findings.bank_transaction_id = entries.bank_transaction_id
