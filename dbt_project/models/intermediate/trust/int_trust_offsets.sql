-- Two entries of Clio of opposite amounts, neither in Xero and neither naming a bill, that are or may be one thing. A
-- move inside one client's money goes from one of its pockets to another within three days, and needs no partner. Two
-- others within 31 days may undo each other where one of the texts speaks of a transfer, a reversal, a correction or a
-- void: whether they cancel or are both missing in Xero a person says. One row per pair; `entry_id` is the higher id,
-- which speaks for both.
with

entries_alone as (

    select entries.*
    from {{ ref('int_trust_entries') }} as entries
    where
        entries.xero_bank_account_id is not null
        and entries.signed_amount <> 0
        and not entries.names_bill
        and not exists (
            select 1
            from {{ ref('int_trust_partners') }} as partners
            where partners.firm_id = entries.firm_id and partners.bank_transaction_id = entries.bank_transaction_id
        )

),

moves as (

    {{ pair_opposites(
        'entries_alone',
        days=3,
        terms=[
            'outs.xero_bank_account_id = ins.xero_bank_account_id',
            'outs.client_id = ins.client_id',
            'outs.pocket_key <> ins.pocket_key',
        ],
    ) }}

),

entries_that_were_not_moved as (

    select entries.*
    from entries_alone as entries
    where
        not exists (
            select 1
            from moves
            where moves.firm_id = entries.firm_id and entries.bank_transaction_id in (moves.out_id, moves.in_id)
        )

),

entries_that_may_cancel as (

    {{ pair_opposites(
        'entries_that_were_not_moved',
        days=31,
        terms=[
            'outs.xero_bank_account_id = ins.xero_bank_account_id',
            '(outs.is_move_worded or outs.is_reversal_worded or ins.is_move_worded or ins.is_reversal_worded)',
        ],
        costs=['case when is_same_client then 0 else 1 end', 'days_apart'],
    ) }}

),

offsets as (

    select
        *,
        true as is_move
    from moves

    union all

    select
        *,
        false as is_move
    from entries_that_may_cancel

)

select
    firm_id,
    case when is_out_later then out_id else in_id end as entry_id,
    case when is_out_later then in_id else out_id end as other_entry_id,
    is_move
from offsets
