-- Two entries of Clio that may undo each other: opposite amounts within 31 days, neither in Xero, neither naming a
-- bill, no move, and one of the texts speaks of a transfer, a reversal, a correction or a void. Whether they cancel or
-- are both missing in Xero a person says. One row per pair; `entry_id` is the higher id, which speaks for both.
with

entries_left as (

    select entries.*
    from {{ ref('int_trust_entries_left') }} as entries
    where
        not entries.names_bill
        and not exists (
            select 1
            from {{ ref('int_trust_moves') }} as moves
            where moves.firm_id = entries.firm_id and entries.bank_transaction_id in (moves.out_id, moves.in_id)
        )

),

candidates_found as (

    select
        outs.firm_id,
        outs.bank_transaction_id as out_id,
        ins.bank_transaction_id as in_id,
        outs.entry_date as out_date,
        outs.entry_number as out_number,
        ins.entry_date as in_date,
        ins.entry_number as in_number,
        abs(date_diff('day', outs.entry_date, ins.entry_date)) as days_apart,
        coalesce(outs.client_id = ins.client_id, false) as is_same_client
    from entries_left as outs
    inner join entries_left as ins
        on
            outs.firm_id = ins.firm_id
            and outs.xero_bank_account_id = ins.xero_bank_account_id
            and outs.signed_amount = -ins.signed_amount
            and ins.entry_date between outs.entry_date - 31 and outs.entry_date + 31
    where
        outs.signed_amount < 0
        and (outs.is_move_worded or outs.is_reversal_worded or ins.is_move_worded or ins.is_reversal_worded)

),

pairs as (

    {{ choose_partners(
        'candidates_found',
        within=['firm_id'],
        left_order=['out_date', 'out_number', 'out_id'],
        right_order=['in_date', 'in_number', 'in_id'],
        costs=['case when is_same_client then 0 else 1 end', 'days_apart'],
    ) }}

),

pairs_told as (

    select
        *,
        out_number > in_number or (out_number = in_number and out_id > in_id) as is_out_later
    from pairs

)

select
    firm_id,
    case when is_out_later then out_id else in_id end as entry_id,
    case when is_out_later then in_id else out_id end as other_entry_id
from pairs_told
