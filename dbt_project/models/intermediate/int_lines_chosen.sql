-- Of the candidates of a pair the best one first, then the best of those that are still free, until none is left.
with recursive

choices as (

    select
        firm_id,
        bill_id,
        preference,
        clio_line_key,
        xero_line_key,
        [clio_line_key] as clio_lines_taken,
        [xero_line_key] as xero_lines_taken
    from {{ ref('int_line_candidates') }}
    where preference = 1

    union all

    select
        firm_id,
        bill_id,
        preference,
        clio_line_key,
        xero_line_key,
        clio_lines_taken,
        xero_lines_taken
    from (
        select
            candidates.firm_id,
            candidates.bill_id,
            candidates.preference,
            candidates.clio_line_key,
            candidates.xero_line_key,
            list_append(choices.clio_lines_taken, candidates.clio_line_key) as clio_lines_taken,
            list_append(choices.xero_lines_taken, candidates.xero_line_key) as xero_lines_taken,
            row_number() over (
                partition by candidates.firm_id, candidates.bill_id order by candidates.preference
            ) as place
        from choices
        inner join {{ ref('int_line_candidates') }} as candidates
            on
                choices.firm_id = candidates.firm_id
                and choices.bill_id = candidates.bill_id
                and choices.preference < candidates.preference
                and not list_contains(choices.clio_lines_taken, candidates.clio_line_key)
                and not list_contains(choices.xero_lines_taken, candidates.xero_line_key)
    ) as free_candidates
    where place = 1

)

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key
from choices
