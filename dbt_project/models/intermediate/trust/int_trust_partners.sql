-- Whose partner each entry of Clio is: one row per entry of Clio and entry of Xero that are the same money, alone or in
-- a sum. `sum_key` is the sum's, `fee_amount` what was taken of a deposit.
select
    firm_id,
    bank_transaction_id,
    entry_key,
    cast(null as varchar) as sum_key,
    cast(0 as decimal(18, 2)) as fee_amount
from {{ ref('int_trust_entries_paired') }}

union all

select
    firm_id,
    bank_transaction_id,
    entry_key,
    cast(null as varchar) as sum_key,
    fee_amount
from {{ ref('int_trust_deposits_netted') }}

union all

select
    of_clio.firm_id,
    of_clio.entry_key as bank_transaction_id,
    of_xero.entry_key,
    of_clio.one_side || ' ' || of_clio.one_key as sum_key,
    cast(0 as decimal(18, 2)) as fee_amount
from {{ ref('int_trust_sums') }} as of_clio
inner join {{ ref('int_trust_sums') }} as of_xero
    on
        of_clio.firm_id = of_xero.firm_id
        and of_clio.one_side = of_xero.one_side
        and of_clio.one_key = of_xero.one_key
        and of_clio.side = 'clio'
        and of_xero.side = 'xero'
