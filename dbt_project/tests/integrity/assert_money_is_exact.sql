-- A row means: a column of ours is a binary float, or an amount that is not decimal(18,2). Depends on every mart, so
-- that it looks when all is built: {{ ref('matched_bills') }} {{ ref('exceptions') }} {{ ref('ar_tie_out') }}
-- {{ ref('run_statements') }}
select
    table_schema,
    table_name,
    column_name,
    data_type
from information_schema.columns
where
    table_schema in ('staging', 'intermediate', 'recon')
    and (
        data_type in ('DOUBLE', 'FLOAT', 'REAL')
        or (
            column_name like '%\_amount' escape '\'
            and column_name not like '%unit\_amount' escape '\'
            and data_type <> 'DECIMAL(18,2)'
        )
    )
