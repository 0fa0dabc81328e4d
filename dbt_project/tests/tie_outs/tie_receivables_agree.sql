-- Do the receivables of the two systems agree, what is in flight or accepted aside? A row is a firm of which they do
-- not, or of which a part of the difference is not explained at all.
with

effects_still_open as (

    select
        firm_id,
        sum(ar_effect) as ar_effect
    from {{ ref('exceptions') }}
    where status = 'open'
    group by firm_id

)

select
    statements.firm_id,
    statements.clio_receivables_amount,
    statements.xero_receivables_amount,
    statements.unexplained_amount,
    effects_still_open.ar_effect
from {{ ref('run_statements') }} as statements
inner join {{ ref('int_tonight') }} as tonight
    on statements.firm_id = tonight.firm_id and statements.run_id = tonight.run_id
left join effects_still_open
    on statements.firm_id = effects_still_open.firm_id
where statements.unexplained_amount <> 0 or effects_still_open.ar_effect <> 0
