-- The candidates of each set without partner as a row names them: in words, and by id and number.
select
    firm_id,
    set_key,
    max(candidate_count) as candidate_count,
    case when max(candidate_count) = 1 then max(thing_kind) end as only_kind,
    case when max(candidate_count) = 1 then max(thing_id) end as only_id,
    string_agg({{ at_most('words', 150) }}, '; ' order by place)
    || case
        when max(candidate_count) > count(*) then '; and ' || (max(candidate_count) - count(*)) || ' more' else ''
    end
        as words,
    string_agg(concat_ws(' ', thing_number, '(' || thing_id || ')'), ', ' order by place)
    || case
        when max(candidate_count) > count(*) then ', and ' || (max(candidate_count) - count(*)) || ' more' else ''
    end
        as candidate
from {{ ref('int_money_candidates') }}
group by firm_id, set_key
