-- A credit in Clio that Xero has as a payment to an expense account, such as "Bad debts": the same amount within three
-- days. A credit in Xero of that amount and time goes first.
with

entries_in_force as (

    select *
    from {{ ref('int_payment_entries') }}
    where not is_reversed and entry_date is not null

),

candidates as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.entry_id as clio_entry_id,
        clio.entry_date as clio_date,
        xero.entry_id as xero_entry_id,
        xero.entry_date as xero_date,
        xero.kind = 'payment' as is_write_off,
        {{ days_apart('clio.entry_date', 'xero.entry_date') }} as days_apart
    from entries_in_force as clio
    inner join entries_in_force as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.amount = xero.amount
            and xero.entry_date between clio.entry_date - 3 and clio.entry_date + 3
    where
        clio.side = 'clio'
        and clio.kind = 'credit'
        and xero.side = 'xero'
        and (xero.kind = 'credit' or xero.is_on_fee_account)

),

chosen as (

    {{ choose_partners(
        'candidates',
        within=['firm_id', 'bill_id'],
        left_order=['clio_date', 'clio_entry_id'],
        right_order=['xero_date', 'xero_entry_id'],
        costs=['case when is_write_off then 1 else 0 end', 'days_apart'],
    ) }}

)

select
    firm_id,
    bill_id,
    clio_entry_id,
    xero_entry_id
from chosen
where is_write_off
