select *
from {{ ref('int_exceptions_in_order') }}
where status = 'open'
