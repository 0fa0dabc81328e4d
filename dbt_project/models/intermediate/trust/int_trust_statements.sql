-- The statement in force of each trust account: the latest by its date, then by its import, up to the night's day.
select
    statements.firm_id,
    statements.statement_id,
    statements.bank_account_id,
    statements.statement_kind,
    statements.statement_date,
    statements.closing_amount,
    statements.first_line_date
from {{ ref('stg_evidence__statements') }} as statements
inner join {{ ref('int_tonight') }} as tonight
    on statements.firm_id = tonight.firm_id
where statements.statement_date <= tonight.as_of_date
qualify
    row_number() over (
        partition by statements.firm_id, statements.bank_account_id
        order by statements.statement_date desc, statements.position desc
    ) = 1
