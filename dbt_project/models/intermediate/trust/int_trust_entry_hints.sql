-- What an entry that is missing on the other side may be there after all: an entry without partner of the same amount
-- some days further off, or booked with the other sign or on another account; one of the same client with another
-- amount; one that is the sum of several, of which nobody can tell which; one that is nearly the sum of what a day
-- lacks, less a fee or with an entry that was forgotten; a document of Xero's that stands on what is owed to clients
-- and on none of their bank accounts; or the money that Clio has twice.
with

entries_missing as (

    select
        settled.firm_id,
        settled.side,
        settled.entry_key,
        settled.xero_bank_account_id,
        settled.signed_amount,
        coalesce(of_clio.entry_date, of_xero.entry_date) as entry_date,
        of_clio.client_id,
        of_clio.client_name_key,
        of_xero.client_ids,
        of_xero.words_key,
        coalesce(
            {{ subject_key('xero-entry', 'of_xero.entry_id') }}, {{ subject_key('clio-entry', 'settled.entry_key') }}
        ) as subject_key,
        of_xero.entry_kind,
        coalesce(
            of_xero.entry_kind, case when settled.signed_amount > 0 then 'deposit' else 'withdrawal' end
        )
        || ' of ' || {{ money_text('abs(settled.signed_amount)') }}
        || case
            when of_xero.entry_kind in ('transfer', 'payment', 'batch payment')
                then case when settled.signed_amount > 0 then ' in' else ' out' end
            else ''
        end
        || ' on ' || coalesce(of_clio.entry_date, of_xero.entry_date)
        || coalesce(' for ' || of_clio.client_name, ' with ' || of_xero.contact_name, '') as words
    from {{ ref('int_trust_entries_settled') }} as settled
    left join {{ ref('int_trust_entries') }} as of_clio
        on
            settled.firm_id = of_clio.firm_id
            and settled.side = 'clio'
            and settled.entry_key = of_clio.bank_transaction_id
    left join {{ ref('int_xero_trust_entries') }} as of_xero
        on settled.firm_id = of_xero.firm_id and settled.side = 'xero' and settled.entry_key = of_xero.entry_key
    where settled.match_status in ('missing_in_xero', 'missing_in_clio')

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

lumps_near_a_day as (

    -- A transfer between accounts may as well be of more than these.
    select
        days.firm_id,
        days.side,
        ones.entry_key as one_key,
        unnest(days.members) as member_key
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

pairs_of_lumps as (

    select
        firm_id,
        case side when 'clio' then member_key else one_key end as clio_key,
        case side when 'clio' then one_key else member_key end as xero_key,
        5 as place
    from lumps_near_a_day

),

documents_that_owe_alone as (

    select distinct
        in_clio.firm_id,
        in_clio.entry_key,
        alone.document_id,
        alone.entry_date,
        alone.words
    from in_clio
    inner join {{ ref('int_trust_accounts') }} as accounts
        on
            in_clio.firm_id = accounts.firm_id
            and in_clio.xero_bank_account_id = accounts.xero_bank_account_id
    inner join {{ ref('int_xero_trust_documents_alone') }} as alone
        on
            accounts.firm_id = alone.firm_id
            and accounts.books_first_id = alone.books_first_id
            and alone.bank_amount = 0
            and in_clio.signed_amount = alone.owed_amount
            and alone.entry_date between in_clio.entry_date - 3 and in_clio.entry_date + 3

),

pairs as (

    select * from pairs_of_equal_amount
    union all
    select * from pairs_misplaced
    union all
    select * from pairs_of_another_amount
    union all
    select * from pairs_of_unclear_sums
    union all
    select * from pairs_of_lumps

),

hints as (

    {%- for side, other in [('clio', 'xero'), ('xero', 'clio')] %}
        select
            pairs.firm_id,
            '{{ side }}' as side,
            pairs.{{ side }}_key as entry_key,
            '{{ other }}' as hint_side,
            pairs.{{ other }}_key as hint_key,
            min(pairs.place) as place,
            min(in_{{ other }}.entry_date) as hint_date
        from pairs
        inner join in_clio
            on pairs.firm_id = in_clio.firm_id and pairs.clio_key = in_clio.entry_key
        inner join in_xero
            on pairs.firm_id = in_xero.firm_id and pairs.xero_key = in_xero.entry_key
        group by pairs.firm_id, pairs.clio_key, pairs.xero_key

        union all

    {% endfor %}
    select
        copies.firm_id,
        'clio' as side,
        copies.bank_transaction_id as entry_key,
        'twin' as hint_side,
        copies.original_id as hint_key,
        0 as place,
        in_clio.entry_date as hint_date
    from {{ ref('int_trust_entries_duplicated') }} as copies
    inner join in_clio
        on copies.firm_id = in_clio.firm_id and copies.bank_transaction_id = in_clio.entry_key
    where copies.is_original_in_xero

    union all

    select
        firm_id,
        'clio' as side,
        entry_key,
        'document' as hint_side,
        document_id as hint_key,
        2 as place,
        entry_date as hint_date
    from documents_that_owe_alone

),

hints_in_order as (

    select
        *,
        row_number() over (
            partition by firm_id, side, entry_key order by place, hint_date, hint_key
        ) as position,
        count(*) over (partition by firm_id, side, entry_key) as hint_count
    from hints
    qualify position <= 4

),

hints_worded as (

    select
        hints.firm_id,
        hints.side,
        hints.entry_key,
        hints.position,
        hints.hint_count,
        case hints.hint_side
            when 'document' then {{ subject_key('xero-entry', 'hints.hint_key') }}
            else coalesce(others.subject_key, {{ subject_key('clio-entry', 'hints.hint_key') }})
        end as candidate,
        case hints.hint_side
            when 'twin' then 'entry ' || hints.hint_key || ' of the same day, client and amount in Clio, which Xero has'
            when 'clio' then others.words || ' in Clio'
            when 'document' then documents.words || ' in Xero'
            else others.words || ' in Xero'
        end as words
    from hints_in_order as hints
    left join entries_missing as others
        on
            hints.firm_id = others.firm_id
            and hints.hint_side = others.side
            and hints.hint_key = others.entry_key
    left join documents_that_owe_alone as documents
        on
            hints.firm_id = documents.firm_id
            and hints.hint_side = 'document'
            and hints.hint_key = documents.document_id
            and hints.entry_key = documents.entry_key

)

select
    firm_id,
    side,
    entry_key,
    string_agg(candidate, ', ' order by position) as candidate,
    'the ' || string_agg(words, ', or the ' order by position)
    || case when max(hint_count) > 4 then ', or one of ' || (max(hint_count) - 4) || ' more' else '' end as words
from hints_worded
group by firm_id, side, entry_key
