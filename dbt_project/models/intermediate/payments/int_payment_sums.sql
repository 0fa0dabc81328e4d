-- Of what has no partner yet: one payment that is the sum of several of one day on the other side. Of a day with more
-- than ten payments left only all of them together are tried.
with

payments_left as (

    select
        firm_id,
        bill_id,
        kind,
        side,
        entry_id,
        entry_date,
        amount,
        row_number() over (
            partition by firm_id, bill_id, kind, side, entry_date order by entry_id
        ) as place,
        count(*) over (partition by firm_id, bill_id, kind, side, entry_date) as day_count
    from {{ ref('int_payments_unmatched') }}

),

subsets as (

    -- Each number is a choice: payment n of a day is in it when bit n is set.
    select choice
    from unnest(generate_series(3, 1023)) as numbers (choice)

),

sets_of_one_day as (

    select
        payments.firm_id,
        payments.bill_id,
        payments.kind,
        payments.side,
        payments.entry_date,
        subsets.choice,
        sum(payments.amount) as amount,
        count(*) as part_count,
        list(payments.side || ' ' || payments.entry_id order by payments.place) as members
    from payments_left as payments
    inner join subsets
        on
            payments.day_count between 2 and 10
            and subsets.choice < (1 << payments.day_count)
            and (subsets.choice >> (payments.place - 1)) % 2 = 1
    group by
        payments.firm_id, payments.bill_id, payments.kind, payments.side, payments.entry_date, subsets.choice

    union all

    select
        firm_id,
        bill_id,
        kind,
        side,
        entry_date,
        0 as choice,
        sum(amount) as amount,
        count(*) as part_count,
        list(side || ' ' || entry_id order by place) as members
    from payments_left
    where day_count > 10
    group by firm_id, bill_id, kind, side, entry_date

)

select
    singles.firm_id,
    singles.bill_id,
    singles.kind,
    list_prepend(singles.side || ' ' || singles.entry_id, sets.members) as members,
    row_number() over (
        partition by singles.firm_id, singles.bill_id, singles.kind
        order by
            {{ days_apart('singles.entry_date', 'sets.entry_date') }},
            sets.part_count,
            singles.side,
            singles.entry_date,
            singles.entry_id,
            sets.entry_date,
            sets.choice
    ) as preference
from payments_left as singles
inner join sets_of_one_day as sets
    on
        singles.firm_id = sets.firm_id
        and singles.bill_id = sets.bill_id
        and singles.kind = sets.kind
        and singles.side <> sets.side
        and singles.amount = sets.amount
where sets.part_count >= 2
