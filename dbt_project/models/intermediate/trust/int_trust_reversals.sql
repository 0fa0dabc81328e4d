-- Entries of Clio's trust ledger that undo one another: same account, same pocket, equal amount, within 31 days, and
-- words that say so.
with

candidates_found as (

    select
        outs.firm_id,
        outs.bank_transaction_id as out_id,
        ins.bank_transaction_id as in_id,
        outs.entry_date as out_date,
        outs.entry_number as out_number,
        ins.entry_date as in_date,
        ins.entry_number as in_number,
        abs(date_diff('day', outs.entry_date, ins.entry_date)) as days_apart
    from {{ ref('int_trust_entries') }} as outs
    inner join {{ ref('int_trust_entries') }} as ins
        on
            outs.firm_id = ins.firm_id
            and outs.bank_account_id = ins.bank_account_id
            and outs.signed_amount = -ins.signed_amount
            and outs.pocket_key is not distinct from ins.pocket_key
            and ins.entry_date between outs.entry_date - 31 and outs.entry_date + 31
    where outs.signed_amount < 0 and (outs.is_reversal_worded or ins.is_reversal_worded)

),

pairs as (

    {{ choose_partners(
        'candidates_found',
        within=['firm_id'],
        left_order=['out_date', 'out_number', 'out_id'],
        right_order=['in_date', 'in_number', 'in_id'],
        costs=['days_apart'],
    ) }}

)

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
