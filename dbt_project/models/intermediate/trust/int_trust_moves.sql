-- Moves inside one client's money: two entries of Clio of opposite amounts in two pockets of the client, within three
-- days, neither naming a bill, neither in Xero. They need no partner. One row per move.
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
    from {{ ref('int_trust_entries_left') }} as outs
    inner join {{ ref('int_trust_entries_left') }} as ins
        on
            outs.firm_id = ins.firm_id
            and outs.xero_bank_account_id = ins.xero_bank_account_id
            and outs.client_id = ins.client_id
            and outs.pocket_key <> ins.pocket_key
            and outs.signed_amount = -ins.signed_amount
            and ins.entry_date between outs.entry_date - 3 and outs.entry_date + 3
    where outs.signed_amount < 0 and not outs.names_bill and not ins.names_bill

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
    out_id,
    in_id
from pairs
