-- Entries of Clio's trust ledger that undo one another: same account, same pocket, equal amount, and words that say
-- so.
with

candidates_found as (

    select
        outs.firm_id,
        outs.bank_transaction_id as out_id,
        ins.bank_transaction_id as in_id,
        abs(date_diff('day', outs.entry_date, ins.entry_date)) as days_apart,
        outs.entry_number as out_number,
        ins.entry_number as in_number
    from {{ ref('int_trust_entries') }} as outs
    inner join {{ ref('int_trust_entries') }} as ins
        on
            outs.firm_id = ins.firm_id
            and outs.bank_account_id = ins.bank_account_id
            and outs.signed_amount = -ins.signed_amount
            and outs.pocket_key is not distinct from ins.pocket_key
    where outs.signed_amount < 0 and (outs.is_reversal_worded or ins.is_reversal_worded)

),

{{ pair_one_to_one(
    source='candidates_found',
    one='out_id',
    other='in_id',
    order_by='candidates.days_apart, candidates.out_number, candidates.in_number, candidates.out_id, candidates.in_id',
) }}

select
    firm_id,
    out_id as bank_transaction_id,
    in_id as other_bank_transaction_id
from pairs
union all
select
    firm_id,
    in_id as bank_transaction_id,
    out_id as other_bank_transaction_id
from pairs
