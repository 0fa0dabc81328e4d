-- A row means: a firm has bills or invoices but no night, so that no model would judge it. Or there is no night at
-- all.
select firm_id
from {{ ref('stg_clio__bills') }}
where firm_id not in (select firm_id from {{ ref('int_tonight') }})

union

select firm_id
from {{ ref('stg_xero__invoices') }}
where firm_id not in (select firm_id from {{ ref('int_tonight') }})
