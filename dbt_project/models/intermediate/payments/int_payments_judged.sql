-- What each payment or credit comes to. One without a partner gets the first code that fits: wrong bill, reversed
-- on the other side, entered twice, else one side.
with

sets_in_the_wrong_account as (

    select distinct
        firm_id,
        bill_id,
        set_key
    from {{ ref('int_payments_in_wrong_account') }}

),

misplaced as (

    select
        firm_id,
        clio_set_key as set_key,
        left(md5(firm_id || '|' || clio_set_key || '|' || xero_set_key), 12) as group_id
    from {{ ref('int_payments_misplaced') }}

    union all

    select
        firm_id,
        xero_set_key as set_key,
        left(md5(firm_id || '|' || clio_set_key || '|' || xero_set_key), 12) as group_id
    from {{ ref('int_payments_misplaced') }}

),

notes_used_in_xero_alone as (

    -- The use of a negative bill's credit note that Clio knows on neither bill: one row on each, in one group.
    select
        on_invoice.firm_id,
        unnest([on_invoice.set_key, on_note.set_key]) as set_key,
        left(md5(on_invoice.firm_id || '|' || on_invoice.set_key || '|' || on_note.set_key), 12) as group_id
    from {{ ref('int_payment_sets') }} as on_invoice
    inner join {{ ref('int_payment_sets') }} as on_note
        on
            on_invoice.firm_id = on_note.firm_id
            and {{ note_entry_id('on_invoice.xero_entry_ids') }} = on_note.xero_entry_ids
    where
        on_invoice.how = 'alone'
        and on_note.how = 'alone'
        and on_invoice.kind = 'credit'
        and on_note.kind = 'credit'

),

twins_taken_back as (

    select
        sets.firm_id,
        sets.bill_id,
        sets.set_key,
        max(twins.changed_at) as twin_changed_at
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_payments_of_pairs') }} as twins
        on
            sets.firm_id = twins.firm_id
            and sets.bill_id = twins.bill_id
            and sets.kind = twins.kind
            and twins.is_reversed
            and twins.side = case when sets.clio_entry_ids is null then 'clio' else 'xero' end
            and coalesce(sets.clio_amount, sets.xero_amount) = twins.amount
    left join {{ ref('int_payments_reversed_on_both') }} as history
        on
            twins.firm_id = history.firm_id
            and twins.kind = history.kind
            and twins.entry_id = case twins.side when 'clio' then history.clio_entry_id else history.xero_entry_id end
    where sets.how = 'alone' and sets.kind = 'payment' and history.clio_entry_id is null
    group by sets.firm_id, sets.bill_id, sets.set_key

),

entered_twice as (

    select distinct
        sets.firm_id,
        sets.bill_id,
        sets.set_key
    from {{ ref('int_payment_sets') }} as sets
    inner join {{ ref('int_payments_placed') }} as paired
        on
            sets.firm_id = paired.firm_id
            and sets.invoice_id = paired.invoice_id
            and sets.kind = paired.kind
            and paired.side = 'xero'
            and paired.how <> 'alone'
            and sets.xero_amount = paired.amount
            and {{ days_apart('sets.xero_date', 'paired.entry_date') }} <= 7
    where sets.how = 'alone' and sets.kind = 'payment'

)

select
    sets.*,
    wrong_account.set_key is not null as is_in_wrong_account,
    sets.kind = 'payment'
    and sets.how in ('matched', 'grouped')
    and date_trunc('month', sets.clio_date) <> date_trunc('month', sets.xero_date) as is_in_other_period,
    coalesce(misplaced.group_id, notes.group_id) as group_id,
    twins.twin_changed_at,
    case
        when sets.how = 'other_amount' then 'payment_amount_differs'
        when sets.how <> 'alone' then sets.how
        when sets.kind = 'credit' then 'credit_one_side'
        when misplaced.set_key is not null then 'payment_on_wrong_bill'
        when twins.set_key is not null then 'payment_reversed_one_side'
        when entered_twice.set_key is not null then 'payment_duplicated'
        when sets.clio_entry_ids is not null then 'paid_in_clio_open_in_xero'
        else 'paid_in_xero_open_in_clio'
    end as outcome
from {{ ref('int_payment_sets') }} as sets
left join sets_in_the_wrong_account as wrong_account
    on
        sets.firm_id = wrong_account.firm_id
        and sets.bill_id = wrong_account.bill_id
        and sets.set_key = wrong_account.set_key
left join misplaced
    on sets.firm_id = misplaced.firm_id and sets.set_key = misplaced.set_key and sets.kind = 'payment'
left join notes_used_in_xero_alone as notes
    on sets.firm_id = notes.firm_id and sets.set_key = notes.set_key and sets.kind = 'credit'
left join twins_taken_back as twins
    on sets.firm_id = twins.firm_id and sets.bill_id = twins.bill_id and sets.set_key = twins.set_key
left join entered_twice
    on
        sets.firm_id = entered_twice.firm_id
        and sets.bill_id = entered_twice.bill_id
        and sets.set_key = entered_twice.set_key
