-- Entries without a partner that undo each other on one side, so that nothing is missing on the other: money moved
-- between ledgers inside one account, an entry and its reversal (a voided cheque and its reissue are one event),
-- interest and its sweep to the bar foundation.
with

entries_without_partner as (

    select
        entries.firm_id,
        'clio' as side,
        entries.bank_transaction_id as entry_key,
        entries.bank_account_id as account_key,
        entries.pocket_key as holder_key,
        entries.entry_date,
        entries.signed_amount,
        entries.is_move_worded,
        entries.is_reversal_worded,
        entries.is_interest
    from {{ ref('int_trust_entries') }} as entries
    where
        entries.xero_bank_account_id is not null
        and not exists (
            select 1
            from {{ ref('int_trust_entries_paired') }} as paired
            where paired.firm_id = entries.firm_id and paired.bank_transaction_id = entries.bank_transaction_id
        )

    union all

    select
        entries.firm_id,
        'xero' as side,
        entries.entry_key,
        entries.xero_bank_account_id as account_key,
        entries.contact_id as holder_key,
        entries.entry_date,
        entries.signed_amount,
        false as is_move_worded,
        entries.is_reversal_worded,
        entries.is_interest
    from {{ ref('int_xero_trust_entries') }} as entries
    where
        not exists (
            select 1
            from {{ ref('int_trust_entries_paired') }} as paired
            where paired.firm_id = entries.firm_id and paired.entry_key = entries.entry_key
        )

),

candidates_found as (

    select
        outs.firm_id,
        outs.side,
        outs.side || '|' || outs.entry_key as out_key,
        ins.side || '|' || ins.entry_key as in_key,
        abs(date_diff('day', outs.entry_date, ins.entry_date)) as days_apart
    from entries_without_partner as outs
    inner join entries_without_partner as ins
        on
            outs.firm_id = ins.firm_id
            and outs.side = ins.side
            and outs.account_key = ins.account_key
            and outs.signed_amount = -ins.signed_amount
    where
        outs.signed_amount < 0
        and (
            (
                outs.entry_date = ins.entry_date
                and outs.holder_key <> ins.holder_key
                and outs.is_move_worded
                and ins.is_move_worded
            )
            or (
                outs.holder_key is not distinct from ins.holder_key
                and (outs.is_reversal_worded or ins.is_reversal_worded)
            )
            or (
                outs.is_interest
                and ins.is_interest
                and outs.entry_date between ins.entry_date - 3 and ins.entry_date + 31
            )
        )

),

{{ pair_one_to_one(
    source='candidates_found',
    one='out_key',
    other='in_key',
    order_by='candidates.days_apart, candidates.out_key, candidates.in_key',
) }},

both_of_each_pair as (

    select
        firm_id,
        out_key as side_and_key,
        in_key as other_key
    from pairs

    union all

    select
        firm_id,
        in_key as side_and_key,
        out_key as other_key
    from pairs

)

select
    firm_id,
    split_part(side_and_key, '|', 1) as side,
    substr(side_and_key, 6) as entry_key,
    substr(other_key, 6) as other_entry_key
from both_of_each_pair
