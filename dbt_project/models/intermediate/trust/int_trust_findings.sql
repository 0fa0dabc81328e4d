-- Everything wrong with client money, in words. The models that judge hand over facts, in columns named alike; the
-- words of each code stand in macros/words. Beside them, where the two systems show it: in Clio its matter, else its
-- client, else the list of accounts; in Xero the entry, or the bank account where Xero lacks the entry or has no page
-- for its kind. None of it moves receivables.
with

findings as (

    select * from {{ ref('int_trust_figure_findings') }}
    union all by name
    select * from {{ ref('int_trust_missing_findings') }}
    union all by name
    select * from {{ ref('int_trust_entry_findings') }}
    union all by name
    select * from {{ ref('int_trust_pocket_findings') }}
    union all by name
    select * from {{ ref('int_trust_payment_findings') }}

),

findings_by_subject as (

    select
        findings.*,
        split_part(findings.subject_key, ':', 1) as subject_kind,
        substr(findings.subject_key, strpos(findings.subject_key, ':') + 1) as subject_id,
        firms.clio_web_url,
        firms.xero_short_code
    from findings
    inner join {{ ref('int_firms') }} as firms
        on findings.firm_id = firms.firm_id

),

entries_in_xero as (

    -- A transfer has two ends; where both are client money, it is on no one account.
    select
        firm_id,
        entry_id,
        min(entry_kind) as entry_kind,
        case when min(xero_bank_account_id) = max(xero_bank_account_id) then min(xero_bank_account_id) end
            as xero_bank_account_id
    from {{ ref('int_xero_trust_entries') }}
    group by firm_id, entry_id

),

partners_alone as (

    -- Not one of several that are the same money together.
    select
        partners.firm_id,
        partners.bank_transaction_id,
        min(entries.entry_id) as entry_id
    from {{ ref('int_trust_partners') }} as partners
    inner join {{ ref('int_xero_trust_entries') }} as entries
        on partners.firm_id = entries.firm_id and partners.entry_key = entries.entry_key
    where partners.is_certain
    group by partners.firm_id, partners.bank_transaction_id
    having count(*) = 1

),

banks_in_xero as (

    -- An account that is kept by journals is no bank account, and has no such page.
    select distinct
        firm_id,
        xero_bank_account_id
    from {{ ref('int_trust_accounts') }}
    where not is_kept_by_journals

),

findings_with_their_places as (

    select
        findings.*,
        case when findings.subject_kind = 'matter' then findings.subject_id else entries.matter_id end as in_matter_id,
        case when findings.subject_kind = 'client' then findings.subject_id else entries.client_id end as of_client_id,
        findings.subject_kind in ('clio-entry', 'xero-entry', 'clio-account') as is_on_an_account,
        in_xero.entry_id,
        in_xero.entry_kind,
        coalesce(in_xero.xero_bank_account_id, accounts.xero_bank_account_id) as xero_bank_account_id
    from findings_by_subject as findings
    left join {{ ref('int_trust_entries') }} as entries
        on
            findings.firm_id = entries.firm_id
            and findings.subject_kind = 'clio-entry'
            and findings.subject_id = entries.bank_transaction_id
    left join partners_alone as partners
        on entries.firm_id = partners.firm_id and entries.bank_transaction_id = partners.bank_transaction_id
    left join entries_in_xero as in_xero
        on
            findings.firm_id = in_xero.firm_id
            and case when findings.subject_kind = 'xero-entry' then findings.subject_id else partners.entry_id end
            = in_xero.entry_id
    left join {{ ref('int_trust_accounts') }} as accounts
        on
            findings.firm_id = accounts.firm_id
            and case
                when findings.subject_kind = 'clio-account' then findings.subject_id else entries.bank_account_id
            end = accounts.bank_account_id

),

findings_worded as (

    select
        *,
        case code
            {{ words_of_trust_pockets() | indent(12) }}
            {{ words_of_trust_payments() | indent(12) }}
        end as words
    from findings_with_their_places

)

select
    worded.firm_id,
    worded.code,
    worded.severity,
    worded.code || '|' || worded.subject_key || coalesce('|' || worded.detail_key, '') as finding_key,
    worded.subject_key,
    worded.subject_label,
    worded.detail_key,
    worded.bill_id,
    worded.matter_id,
    worded.client_name,
    worded.matter_number,
    worded.trust_account,
    worded.amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    worded.since_date,
    coalesce(words.clio_value, worded.clio_value) as clio_value,
    worded.xero_value,
    coalesce(words.explanation, worded.explanation) as explanation,
    coalesce(words.suggested_action, worded.suggested_action) as suggested_action,
    worded.candidate,
    worded.difference,
    worded.also_says,
    coalesce(
        {{ clio_page('worded.clio_web_url', 'matters', 'worded.in_matter_id') }},
        {{ clio_page('worded.clio_web_url', 'contacts', 'worded.of_client_id') }},
        case when worded.is_on_an_account then {{ clio_bank_accounts_url('worded.clio_web_url') }} end
    ) as clio_url,
    coalesce(
        {{ xero_entry_url('worded.xero_short_code', 'worded.entry_kind', 'worded.entry_id') }},
        {{ xero_bank_account_url('worded.xero_short_code', 'banks.xero_bank_account_id') }}
    ) as xero_url,
    worded.changed_at
from findings_worded as worded
left join banks_in_xero as banks
    on worded.firm_id = banks.firm_id and worded.xero_bank_account_id = banks.xero_bank_account_id
