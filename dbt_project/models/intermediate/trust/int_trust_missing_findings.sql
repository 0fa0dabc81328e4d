-- Entries of trust accounts that are missing on the other side, and what stands there already that each may be. That is
-- an entry without partner of the same amount some days further off, or booked with the other sign or on another
-- account; one of the same client with another amount; one that is the sum of several, of which nobody can tell which;
-- one that is nearly the sum of what a day lacks, less a fee or with an entry that was forgotten; a document of Xero's
-- that stands on what is owed to clients and on none of their bank accounts; or the money that Clio has twice.
{%- set ways_to_be_one = [
    (1, 31, [
        'in_clio.xero_bank_account_id = in_xero.xero_bank_account_id',
        'in_clio.signed_amount = in_xero.signed_amount',
    ]),
    (2, 3, [
        'abs(in_clio.signed_amount) = abs(in_xero.signed_amount)',
        '(in_clio.xero_bank_account_id <> in_xero.xero_bank_account_id'
        ~ ' or in_clio.signed_amount <> in_xero.signed_amount)',
    ]),
    (3, 3, [
        'in_clio.xero_bank_account_id = in_xero.xero_bank_account_id',
        'sign(in_clio.signed_amount) = sign(in_xero.signed_amount)',
        'in_clio.signed_amount <> in_xero.signed_amount',
        names_the_client('in_clio', 'in_xero'),
    ]),
] %}
with

entries_missing as (

    -- An entry of Xero is missing in the first of the accounts that share its bank account.
    select
        settled.firm_id,
        settled.side,
        settled.entry_key,
        coalesce(
            {{ subject_key('xero-entry', 'of_xero.entry_id') }}, {{ subject_key('clio-entry', 'settled.entry_key') }}
        ) as subject_key,
        case when of_xero.entry_key <> of_xero.entry_id then of_xero.entry_key end as detail_key,
        coalesce(of_clio.entry_date, of_xero.entry_date) as entry_date,
        settled.signed_amount,
        of_xero.entry_kind,
        coalesce(of_clio.client_name, of_xero.contact_name) as client_name,
        of_clio.client_id,
        of_clio.client_name_key,
        of_xero.client_ids,
        of_xero.words_key,
        of_clio.matter_id,
        of_clio.matter_number,
        coalesce(of_clio.description, of_xero.description) as description,
        coalesce(of_xero.is_bank_charge, false) as is_bank_charge,
        settled.xero_bank_account_id,
        accounts.books_first_id,
        accounts.account_name,
        accounts.is_kept_by_journals,
        accounts.xero_bank_label,
        accounts.xero_liability_label,
        settled.original_id,
        settled.is_original_in_xero,
        settled.changed_at
    from {{ ref('int_trust_entries_settled') }} as settled
    left join {{ ref('int_trust_entries') }} as of_clio
        on
            settled.firm_id = of_clio.firm_id
            and settled.side = 'clio'
            and settled.entry_key = of_clio.bank_transaction_id
    left join {{ ref('int_xero_trust_entries') }} as of_xero
        on settled.firm_id = of_xero.firm_id and settled.side = 'xero' and settled.entry_key = of_xero.entry_key
    inner join {{ ref('int_trust_accounts') }} as accounts
        on
            settled.firm_id = accounts.firm_id
            and settled.xero_bank_account_id = accounts.xero_bank_account_id
            and coalesce(of_clio.bank_account_id, accounts.bank_first_id) = accounts.bank_account_id
    where settled.match_status in ('missing_in_xero', 'missing_in_clio')

),

days_that_lack_several as (

    select
        firm_id,
        side,
        xero_bank_account_id,
        entry_date,
        sum(signed_amount) as amount,
        max(abs(signed_amount)) as largest_amount,
        list(entry_key) as members
    from entries_missing
    group by firm_id, side, xero_bank_account_id, entry_date, sign(signed_amount)
    having count(*) > 1

),

-- Two entries that may be one, or a part of one and the whole, the likest ways first.
entries_that_may_be_one as (

    {%- for place, days, terms in ways_to_be_one %}
        select
            in_clio.firm_id,
            'clio' as side,
            in_clio.entry_key,
            'xero' as other_side,
            in_xero.entry_key as other_key,
            {{ place }} as place
        from entries_missing as in_clio
        inner join entries_missing as in_xero
            on
                in_clio.firm_id = in_xero.firm_id
                and in_xero.entry_date between in_clio.entry_date - {{ days }} and in_clio.entry_date + {{ days }}
                {%- for term in terms %}
                    and {{ term }}
                {%- endfor %}
        where in_clio.side = 'clio' and in_xero.side = 'xero'

        union all

    {% endfor %}
    select
        firm_id,
        'clio' as side,
        bank_transaction_id as entry_key,
        'xero' as other_side,
        entry_key as other_key,
        4 as place
    from {{ ref('int_trust_partners') }}
    where not is_certain

    union all

    -- Nearly the sum of a day; a transfer between accounts may as well be of more than these.
    select
        days.firm_id,
        days.side,
        unnest(days.members) as entry_key,
        ones.side as other_side,
        ones.entry_key as other_key,
        5 as place
    from days_that_lack_several as days
    inner join entries_missing as ones
        on
            days.firm_id = ones.firm_id
            and days.xero_bank_account_id = ones.xero_bank_account_id
            and days.side <> ones.side
            and sign(days.amount) = sign(ones.signed_amount)
            and ones.entry_date between days.entry_date - 3 and days.entry_date + 3
    where
        abs(ones.signed_amount) > days.largest_amount
        and (
            20 * abs(days.amount - ones.signed_amount) <= greatest(abs(days.amount), abs(ones.signed_amount))
            or (ones.entry_kind = 'transfer' and abs(ones.signed_amount) > abs(days.amount))
        )

),

ways_seen_from_either_side as (

    select
        firm_id,
        side,
        entry_key,
        other_side,
        other_key,
        min(place) as place
    from (
        select * from entries_that_may_be_one
        union all by name
        select * rename (other_side as side, other_key as entry_key, side as other_side, entry_key as other_key)
        from entries_that_may_be_one
    ) as seen
    group by firm_id, side, entry_key, other_side, other_key

),

hints as (

    -- Of one that is missing, the other is a hint only where it is missing, too.
    select
        seen.firm_id,
        seen.side,
        seen.entry_key,
        seen.place,
        others.entry_date as hint_date,
        seen.other_key as hint_key,
        others.subject_key as candidate,
        'entry' as kind,
        others.side as hint_side,
        others.entry_kind,
        others.signed_amount as amount,
        others.client_name as called
    from ways_seen_from_either_side as seen
    inner join entries_missing as others
        on seen.firm_id = others.firm_id and seen.other_side = others.side and seen.other_key = others.entry_key

    union all by name

    select
        firm_id,
        side,
        entry_key,
        0 as place,
        entry_date as hint_date,
        original_id as hint_key,
        {{ subject_key('clio-entry', 'original_id') }} as candidate,
        'entered twice' as kind
    from entries_missing
    where is_original_in_xero

    union all by name

    select
        in_clio.firm_id,
        in_clio.side,
        in_clio.entry_key,
        2 as place,
        alone.entry_date as hint_date,
        alone.document_id as hint_key,
        {{ subject_key('xero-entry', 'alone.document_id') }} as candidate,
        'document alone' as kind,
        alone.document_kind as entry_kind,
        alone.called,
        alone.document_text,
        alone.bank_amount,
        alone.owed_amount,
        alone.labels
    from entries_missing as in_clio
    inner join {{ ref('int_xero_trust_documents_alone') }} as alone
        on
            in_clio.firm_id = alone.firm_id
            and in_clio.books_first_id = alone.books_first_id
            and alone.bank_amount = 0
            and in_clio.signed_amount = alone.owed_amount
            and alone.entry_date between in_clio.entry_date - 3 and in_clio.entry_date + 3
    where in_clio.side = 'clio'

),

hints_in_order as (

    select
        *,
        row_number() over (partition by firm_id, side, entry_key order by place, hint_date, hint_key) as position,
        count(*) over (partition by firm_id, side, entry_key) as hint_count
    from hints
    qualify position <= 4

),

hints_of_each_entry as (

    select
        firm_id,
        side,
        entry_key,
        string_agg(candidate, ', ' order by position) as candidate,
        max(hint_count) as hint_count,
        list(
            {
                'kind': kind,
                'id': hint_key,
                'entry_date': hint_date,
                'side': hint_side,
                'entry_kind': entry_kind,
                'amount': amount,
                'called': called,
                'document_text': document_text,
                'bank_amount': bank_amount,
                'owed_amount': owed_amount,
                'labels': labels
            }
            order by position
        ) as hints
    from hints_in_order
    group by firm_id, side, entry_key

)

select
    entries.firm_id,
    case
        when entries.side = 'clio' then 'trust_entry_missing_in_xero'
        when entries.is_bank_charge then 'bank_charge_in_trust'
        else 'trust_entry_missing_in_clio'
    end as code,
    case when entries.side = 'xero' and entries.is_bank_charge then 'in Xero alone' end as reason,
    entries.subject_key,
    entries.detail_key,
    entries.client_name,
    entries.account_name as trust_account,
    entries.matter_id,
    entries.matter_number,
    entries.entry_date as since_date,
    cast(abs(entries.signed_amount) as decimal(18, 2)) as amount,
    entries.entry_kind,
    entries.signed_amount as entry_amount,
    entries.description as entry_description,
    entries.is_kept_by_journals,
    entries.xero_bank_label,
    entries.xero_liability_label,
    hints.hints,
    hints.hint_count,
    hints.candidate,
    entries.changed_at
from entries_missing as entries
left join hints_of_each_entry as hints
    on entries.firm_id = hints.firm_id and entries.side = hints.side and entries.entry_key = hints.entry_key
