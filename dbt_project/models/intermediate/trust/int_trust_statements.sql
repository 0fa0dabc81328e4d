-- The statement in force of each bank account, the latest by its date, then by its import, up to the night's day, under
-- the first of the Clio accounts that share that bank account. One that is older than 45 days says nothing of today.
select
    statements.firm_id,
    statements.bank_first_id,
    statements.statement_id,
    statements.statement_kind,
    statements.statement_date,
    statements.closing_amount,
    statements.statement_date + 45 as counts_until_date,
    statements.statement_date + 45 < tonight.as_of_date as is_too_old
from {{ ref('int_trust_statements_placed') }} as statements
inner join {{ ref('int_tonight') }} as tonight
    on statements.firm_id = tonight.firm_id
qualify
    row_number() over (
        partition by statements.firm_id, statements.bank_first_id
        order by statements.statement_date desc, statements.position desc
    ) = 1
