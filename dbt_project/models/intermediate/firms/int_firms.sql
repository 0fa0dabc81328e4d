-- What holds for a firm whatever the night: models that ask for no more than this need not be built again each night.
select
    firms.firm_id,
    firms.firm_name,
    firms.timezone,
    firms.start_date,
    firms.grace_hours,
    firms.clio_web_url,
    organisations.short_code as xero_short_code,
    organisations.base_currency_code,
    greatest(organisations.period_lock_date, organisations.end_of_year_lock_date) as locked_until_date
from {{ ref('stg_evidence__firms') }} as firms
left join {{ ref('stg_xero__organisations') }} as organisations
    on firms.firm_id = organisations.firm_id
