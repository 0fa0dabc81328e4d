-- What an entry that is missing on the other side may be there after all: an entry without partner of the same amount
-- some days further off, or booked with the other sign or on another account; one of the same client with another
-- amount; one that is the sum of several, of which nobody can tell which; or the money that Clio has twice.
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

pairs as (

    select * from pairs_of_equal_amount
    union all
    select * from pairs_misplaced
    union all
    select * from pairs_of_another_amount
    union all
    select * from pairs_of_unclear_sums

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
        coalesce(others.subject_key, {{ subject_key('clio-entry', 'hints.hint_key') }}) as candidate,
        case hints.hint_side
            when 'twin' then 'entry ' || hints.hint_key || ' of the same day, client and amount in Clio, which Xero has'
            when 'clio' then others.words || ' in Clio'
            else others.words || ' in Xero'
        end as words
    from hints_in_order as hints
    left join entries_missing as others
        on
            hints.firm_id = others.firm_id
            and hints.hint_side = others.side
            and hints.hint_key = others.entry_key

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
