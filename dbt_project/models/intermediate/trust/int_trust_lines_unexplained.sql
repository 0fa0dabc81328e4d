-- Lines of the statement in force that no entry of the book has cleared by.
select
    in_force.firm_id,
    in_force.bank_first_id,
    lines.statement_id || '|' || lines.position as line_key,
    lines.line_date,
    lines.line_amount,
    lines.description
from {{ ref('int_trust_statements') }} as in_force
inner join {{ ref('stg_evidence__statement_lines') }} as lines
    on in_force.firm_id = lines.firm_id and in_force.statement_id = lines.statement_id
left join {{ ref('int_trust_entries_on_statements') }} as cleared
    on lines.firm_id = cleared.firm_id and cleared.line_key = lines.statement_id || '|' || lines.position
where not in_force.is_too_old and lines.line_amount <> 0 and cleared.firm_id is null
