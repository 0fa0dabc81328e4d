-- The same amount on the same day is one payment. Of several equal ones those that went to the same pocket first, then
-- the first with the first: which of them is which makes no difference.
with

payments_left as (

    {{ payments_left(['int_payments_of_one_parent']) }}

),

payments_placed_in_their_pocket as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, side, amount, entry_date, pocket order by entry_id
        ) as place
    from payments_left

),

pairs_of_one_pocket as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.entry_id as clio_entry_id,
        xero.entry_id as xero_entry_id
    from payments_placed_in_their_pocket as clio
    inner join payments_placed_in_their_pocket as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and clio.amount = xero.amount
            and clio.entry_date = xero.entry_date
            and clio.pocket = xero.pocket
            and clio.place = xero.place
    where clio.side = 'clio' and xero.side = 'xero'

),

payments_paired as (

    {{ payments_in_sets_of_two('pairs_of_one_pocket', 'matched') }}

),

payments_of_other_pockets as (

    select
        payments.*,
        row_number() over (
            partition by
                payments.firm_id, payments.bill_id, payments.kind, payments.side, payments.amount, payments.entry_date
            order by payments.entry_id
        ) as place
    from payments_left as payments
    left join payments_paired as paired
        on
            payments.firm_id = paired.firm_id
            and payments.side = paired.side
            and payments.kind = paired.kind
            and payments.entry_id = paired.entry_id
    where paired.entry_id is null

),

pairs as (

    select * from pairs_of_one_pocket

    union all

    select
        clio.firm_id,
        clio.bill_id,
        clio.kind,
        clio.entry_id as clio_entry_id,
        xero.entry_id as xero_entry_id
    from payments_of_other_pockets as clio
    inner join payments_of_other_pockets as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.kind = xero.kind
            and clio.amount = xero.amount
            and clio.entry_date = xero.entry_date
            and clio.place = xero.place
    where clio.side = 'clio' and xero.side = 'xero'

)

{{ payments_in_sets_of_two('pairs', 'matched') }}
