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
        entries_in_xero.entry_id as in_xero_id,
        entries_in_xero.entry_kind as in_xero_kind,
        coalesce(entries_in_xero.xero_bank_account_id, accounts.xero_bank_account_id) as in_xero_bank_id
    from findings_by_subject as findings
    left join {{ ref('int_trust_entries') }} as entries
        on
            findings.firm_id = entries.firm_id
            and findings.subject_kind = 'clio-entry'
            and findings.subject_id = entries.bank_transaction_id
    left join partners_alone as partners
        on entries.firm_id = partners.firm_id and entries.bank_transaction_id = partners.bank_transaction_id
    left join entries_in_xero
        on
            findings.firm_id = entries_in_xero.firm_id
            and case when findings.subject_kind = 'xero-entry' then findings.subject_id else partners.entry_id end
            = entries_in_xero.entry_id
    left join {{ ref('int_trust_accounts') }} as accounts
        on
            findings.firm_id = accounts.firm_id
            and case
                when findings.subject_kind = 'clio-account' then findings.subject_id else entries.bank_account_id
            end = accounts.bank_account_id

),

findings_with_their_lists as (

    select
        found.*,
        list_transform(found.documents_alone, lambda item: {{ document_alone_in_words('item') }})
            as documents_alone_in_words,
        list_transform(found.outstanding_items, lambda item: {{ outstanding_in_words('item') }})
            as outstanding_in_words,
        list_transform(found.bank_lines_alone, lambda item: {{ bank_line_in_words('item') }}) as bank_lines_in_words,
        array_to_string(list_transform(found.in_xero, lambda item: {{ row_in_xero_in_words('item') }}), ', ')
            as in_xero_in_words,
        'the ' || array_to_string(list_transform(found.hints, lambda item: {{ hint_in_words('item') }}), ', or the ')
        || coalesce(', or one of ' || nullif(found.hint_count - len(found.hints), 0) || ' more', '') as it_may_be
    from findings_with_their_places as found

),

findings_worded as (

    select
        *,
        case code
            {{ words_of_trust_figures() }}
            {{ words_of_trust_entries() }}
            {{ words_of_trust_pockets() }}
            {{ words_of_trust_payments() }}
        end as words
    from findings_with_their_lists

)

select
    worded.firm_id,
    worded.code,
    worded.severity,
    worded.code || '|' || worded.subject_key || coalesce('|' || worded.detail_key, '') as finding_key,
    worded.subject_key,
    coalesce(words.subject_label, worded.subject_label) as subject_label,
    worded.detail_key,
    worded.bill_id,
    worded.matter_id,
    worded.client_name,
    worded.matter_number,
    worded.trust_account,
    worded.amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    worded.since_date,
    words.clio_value,
    words.xero_value,
    words.explanation,
    words.suggested_action,
    worded.candidate,
    worded.difference,
    worded.also_says,
    coalesce(
        {{ clio_page('worded.clio_web_url', 'matters', 'worded.in_matter_id') }},
        {{ clio_page('worded.clio_web_url', 'contacts', 'worded.of_client_id') }},
        case when worded.is_on_an_account then {{ clio_bank_accounts_url('worded.clio_web_url') }} end
    ) as clio_url,
    coalesce(
        {{ xero_entry_url('worded.xero_short_code', 'worded.in_xero_kind', 'worded.in_xero_id') }},
        {{ xero_bank_account_url('worded.xero_short_code', 'banks.xero_bank_account_id') }}
    ) as xero_url,
    worded.changed_at
from findings_worded as worded
left join banks_in_xero as banks
    on worded.firm_id = banks.firm_id and worded.in_xero_bank_id = banks.xero_bank_account_id
