-- Payments and credits as they stand together (a pair, a sum, or one alone), and what each comes to. One without a
-- partner gets the first code that fits: wrong bill, reversed on the other side, entered twice, else one side.
with

sets as (

    select
        firm_id,
        bill_id,
        invoice_class,
        kind,
        set_key,
        how,
        string_agg(case when side = 'clio' then entry_id end, ', ' order by entry_id) as clio_entry_ids,
        string_agg(case when side = 'xero' then entry_id end, ', ' order by entry_id) as xero_entry_ids,
        min(case when side = 'clio' then entry_date end) as clio_date,
        min(case when side = 'xero' then entry_date end) as xero_date,
        cast(sum(case when side = 'clio' then amount end) as decimal(18, 2)) as clio_amount,
        cast(sum(case when side = 'xero' then amount end) as decimal(18, 2)) as xero_amount,
        case
            when bool_or(clio_source = 'trust') then 'trust'
            when bool_or(clio_source = 'operating') then 'operating'
            else max(clio_source)
        end as clio_source,
        max(invoice_id) as invoice_id,
        min(xero_account_id) as xero_account_id,
        bool_or(batch_payment_id is not null) as is_in_batch,
        max(changed_at) as changed_at
    from {{ ref('int_payments_in_sets') }}
    group by firm_id, bill_id, invoice_class, kind, set_key, how

),

payments_alone as (

    select
        sets.*,
        bills.client_id,
        coalesce(sets.clio_amount, sets.xero_amount) as amount,
        case when sets.clio_entry_ids is null then 'xero' else 'clio' end as side,
        sets.set_key as entry_key,
        coalesce(sets.clio_date, sets.xero_date) as entry_date
    from sets
    left join {{ ref('int_bills_valued') }} as bills
        on sets.firm_id = bills.firm_id and sets.bill_id = bills.bill_id
    where sets.how = 'alone' and sets.kind = 'payment'

),

payments_alone_of_a_client as (

    select *
    from payments_alone
    where client_id is not null

),

-- On two bills of one client, the same amount within three days: one payment on the wrong bill. As many as possible,
-- then the nearest days. On one bill two equal ones are never alone.
payments_on_two_bills as (

    {{ pair_equals('payments_alone_of_a_client', ['firm_id', 'client_id', 'amount'], days=3) }}

),

payments_on_the_wrong_bill as (

    select
        firm_id,
        unnest([clio_key, xero_key]) as set_key,
        left(md5(firm_id || '|' || clio_key || '|' || xero_key), 12) as group_id
    from payments_on_two_bills

),

notes_used_in_xero_alone as (

    -- The use of a negative bill's credit note that Clio knows on neither bill: one row on each, in one group.
    select
        on_invoice.firm_id,
        unnest([on_invoice.set_key, on_note.set_key]) as set_key,
        left(md5(on_invoice.firm_id || '|' || on_invoice.set_key || '|' || on_note.set_key), 12) as group_id
    from sets as on_invoice
    inner join sets as on_note
        on
            on_invoice.firm_id = on_note.firm_id
            and {{ note_entry_id('on_invoice.xero_entry_ids') }} = on_note.xero_entry_ids
    where
        on_invoice.how = 'alone'
        and on_note.how = 'alone'
        and on_invoice.kind = 'credit'
        and on_note.kind = 'credit'

),

payments_taken_back as (

    -- The first of equal amounts on one side beside the first on the other.
    select
        *,
        row_number() over (
            partition by firm_id, bill_id, kind, side, amount order by entry_date nulls last, entry_id
        ) as place
    from {{ ref('int_payments_of_pairs') }}
    where is_reversed

),

payments_taken_back_on_one_side as (

    -- Taken back on both sides alike is history, and no twin of anything that stands.
    select *
    from payments_taken_back
    qualify count(*) over (partition by firm_id, bill_id, kind, amount, place) = 1

),

twins_taken_back as (

    select
        alone.firm_id,
        alone.bill_id,
        alone.set_key,
        max(twins.changed_at) as twin_changed_at
    from payments_alone as alone
    inner join payments_taken_back_on_one_side as twins
        on
            alone.firm_id = twins.firm_id
            and alone.bill_id = twins.bill_id
            and alone.kind = twins.kind
            and alone.side <> twins.side
            and alone.amount = twins.amount
    group by alone.firm_id, alone.bill_id, alone.set_key

),

entered_twice as (

    select distinct
        alone.firm_id,
        alone.bill_id,
        alone.set_key
    from payments_alone as alone
    inner join {{ ref('int_payments_in_sets') }} as paired
        on
            alone.firm_id = paired.firm_id
            and alone.invoice_id = paired.invoice_id
            and alone.kind = paired.kind
            and paired.side = 'xero'
            and paired.how <> 'alone'
            and alone.xero_amount = paired.amount
            and {{ days_apart('alone.xero_date', 'paired.entry_date') }} <= 7

)

select
    sets.*,
    sets.kind = 'payment'
    and sets.how in ('matched', 'grouped')
    and date_trunc('month', sets.clio_date) <> date_trunc('month', sets.xero_date) as is_in_other_period,
    coalesce(wrong_bill.group_id, notes.group_id) as group_id,
    twins.twin_changed_at,
    case
        when sets.how = 'other_amount' then 'payment_amount_differs'
        when sets.how <> 'alone' then sets.how
        when sets.kind = 'credit' then 'credit_one_side'
        when wrong_bill.set_key is not null then 'payment_on_wrong_bill'
        when twins.set_key is not null then 'payment_reversed_one_side'
        when entered_twice.set_key is not null then 'payment_duplicated'
        when sets.clio_entry_ids is not null then 'paid_in_clio_open_in_xero'
        else 'paid_in_xero_open_in_clio'
    end as outcome
from sets
left join payments_on_the_wrong_bill as wrong_bill
    on sets.firm_id = wrong_bill.firm_id and sets.set_key = wrong_bill.set_key and sets.kind = 'payment'
left join notes_used_in_xero_alone as notes
    on sets.firm_id = notes.firm_id and sets.set_key = notes.set_key and sets.kind = 'credit'
left join twins_taken_back as twins
    on sets.firm_id = twins.firm_id and sets.bill_id = twins.bill_id and sets.set_key = twins.set_key
left join entered_twice
    on
        sets.firm_id = entered_twice.firm_id
        and sets.bill_id = entered_twice.bill_id
        and sets.set_key = entered_twice.set_key
