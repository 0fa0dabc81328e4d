{{ config(group='exceptions') }}

-- A row means: a table that people read is empty for a firm although the table it comes from is not. A check on an
-- empty table passes; this one is the floor under all others.
with

rows_before_and_after as (

    select
        firm_id,
        'matched_bills' as table_name,
        count(*) as expected_count,
        (
            select count(*) from {{ ref('matched_bills') }} as matched
            where matched.firm_id = bills.firm_id and matched.clio_bill_id is not null
        ) as found_count
    from {{ ref('stg_clio__bills') }} as bills
    where coalesce(bill_kind, '') <> 'trust_kind'
    group by firm_id

    union all

    select
        firm_id,
        'ar_tie_out' as table_name,
        3 as expected_count,
        (select count(*) from {{ ref('ar_tie_out') }} as steps where steps.firm_id = tonight.firm_id) as found_count
    from {{ ref('int_tonight') }} as tonight

    union all

    select
        firm_id,
        'run_statements' as table_name,
        1 as expected_count,
        (
            select count(*) from {{ ref('run_statements') }} as statements
            where statements.firm_id = tonight.firm_id and statements.run_id = tonight.run_id
        ) as found_count
    from {{ ref('int_tonight') }} as tonight

    union all

    select
        firm_id,
        'exceptions' as table_name,
        count(*) as expected_count,
        (
            select count(*) from {{ ref('exceptions') }} as published where published.firm_id = exceptions.firm_id
        ) as found_count
    from {{ ref('int_exceptions_tonight') }} as exceptions
    group by firm_id

)

select *
from rows_before_and_after
where found_count < expected_count
