-- What is wrong with entries of Clio's trust accounts, whether Xero has them or not: nobody's money, a charge of a
-- bank, a card or a processor that clients' money paid, one that stands in Xero under another client, two that may undo
-- each other, and one that stands twice.
{%- set row_in_xero -%}
    {
        'entry_kind': xero_entries.entry_kind,
        'amount': xero_entries.signed_amount,
        'entry_date': xero_entries.entry_date,
        'contact_name': xero_entries.contact_name
    }
{%- endset %}
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

entries_settled as (

    select
        entries.*,
        charges.firm_id is not null as is_bank_charge_taken,
        settled.match_status,
        settled.offset_entry_id,
        settled.original_id,
        settled.is_original_in_xero,
        settled.has_a_partner
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
        list(
            {{ row_in_xero }} order by xero_entries.entry_date, xero_entries.entry_key
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
        abs(signed_amount) as amount,
        is_bank_charge_taken as is_bank_charge
    from entries_settled
    -- Without the time of a change, as a matter inside Clio has no grace.
    where pocket_key is null and signed_amount <> 0

    union all by name

    select
        firm_id,
        'bank_charge_in_trust' as code,
        'in Clio' as reason,
        bank_transaction_id,
        abs(signed_amount) as amount,
        changed_at
    from entries_settled
    where is_bank_charge_taken

    union all by name

    select
        entries.firm_id,
        'trust_entry_other_client' as code,
        entries.bank_transaction_id,
        abs(found.signed_amount) as amount,
        found.client_names,
        found.in_xero,
        greatest(entries.changed_at, found.changed_at) as changed_at
    from rows_under_two_clients as found
    inner join entries_settled as entries
        on found.firm_id = entries.firm_id and found.bank_transaction_id = entries.bank_transaction_id

    union all by name

    select
        entries.firm_id,
        'bank_charge_in_trust' as code,
        'on the way to Xero' as reason,
        entries.bank_transaction_id,
        netted.fee_amount as amount,
        [{{ row_in_xero }}] as in_xero,
        banks.xero_bank_label,
        greatest(entries.changed_at, xero_entries.changed_at) as changed_at
    from {{ ref('int_trust_partners') }} as netted
    inner join entries_settled as entries
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
        others.bank_transaction_id as other_entry,
        others.signed_amount as other_amount,
        others.entry_date as other_date,
        others.account_name as other_trust_account,
        others.client_name as other_client_name,
        others.matter_number as other_matter_number,
        others.description as other_description,
        greatest(entries.changed_at, others.changed_at) as changed_at
    from entries_settled as entries
    inner join entries_settled as others
        on entries.firm_id = others.firm_id and entries.offset_entry_id = others.bank_transaction_id
    where entries.match_status = 'offset_unconfirmed'

    union all by name

    select
        firm_id,
        'trust_entry_duplicated' as code,
        case when is_original_in_xero and has_a_partner then 'low' end as severity,
        case
            when is_original_in_xero and has_a_partner then 'both in Xero'
            when is_original_in_xero then 'one in Xero'
            else 'none in Xero'
        end as reason,
        bank_transaction_id,
        abs(signed_amount) as amount,
        original_id as other_entry,
        changed_at
    from entries_settled
    where original_id is not null

)

select
    findings.* exclude (bank_transaction_id) replace (cast(findings.amount as decimal(18, 2)) as amount),
    {{ subject_key('clio-entry', 'findings.bank_transaction_id') }} as subject_key,
    findings.bank_transaction_id as clio_entry,
    entries.client_name,
    entries.account_name as trust_account,
    entries.matter_id,
    entries.matter_number,
    entries.entry_date as since_date,
    entries.signed_amount as entry_amount,
    entries.description as entry_description
from findings
inner join entries_settled as entries
    on findings.firm_id = entries.firm_id and findings.bank_transaction_id = entries.bank_transaction_id
