-- Payments and credits as they stand together: one row per pair of them, per sum, and per one that stands alone.
select
    firm_id,
    bill_id,
    invoice_class,
    kind,
    set_key,
    how,
    string_agg(case when side = 'clio' then entry_id end, ', ' order by entry_id) as clio_entry_ids,
    string_agg(case when side = 'xero' then entry_id end, ', ' order by entry_id) as xero_entry_ids,
    min(case when side = 'clio' then entry_date end) as clio_date,
    min(case when side = 'xero' then entry_date end) as xero_date,
    cast(sum(case when side = 'clio' then amount end) as decimal(18, 2)) as clio_amount,
    cast(sum(case when side = 'xero' then amount end) as decimal(18, 2)) as xero_amount,
    case
        when bool_or(clio_source = 'trust') then 'trust'
        when bool_or(clio_source = 'operating') then 'operating'
        else max(clio_source)
    end as clio_source,
    max(invoice_id) as invoice_id,
    min(xero_account_id) as xero_account_id,
    bool_or(batch_payment_id is not null) as is_in_batch,
    max(changed_at) as changed_at
from {{ ref('int_payments_placed') }}
group by firm_id, bill_id, invoice_class, kind, set_key, how
