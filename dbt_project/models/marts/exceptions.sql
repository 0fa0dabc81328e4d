select * exclude (work_rank, client_rank, title)
from {{ ref('int_exceptions_in_order') }}
