-- Whose partner each entry of Clio is: one row per entry of Clio and entry of Xero that are the same money, alone or in
-- a sum, whole or less a fee. `sum_key` is the sum's. A deposit that arrives in Xero smaller than in Clio, because
-- somebody took a fee out of it (same client, within three days, at most a twentieth less), is a partner all the same,
-- and `fee_amount` what was taken.
with

sums as (

    select *
    from {{ ref('int_trust_sums') }}
    where is_taken

),

deposits_left as (

    select entries.*
    from {{ ref('int_trust_entries_paired') }} as entries
    left join sums
        on entries.firm_id = sums.firm_id and entries.side = sums.side and entries.entry_key = sums.entry_key
    where entries.partner_key is null and entries.signed_amount > 0 and sums.firm_id is null

),

deposits_that_may_be_netted as (

    select
        of_clio.firm_id,
        of_clio.entry_key as bank_transaction_id,
        of_xero.entry_key,
        of_clio.entry_date,
        of_xero.entry_date as xero_entry_date,
        {{ days_apart('of_clio.entry_date', 'of_xero.entry_date') }} as days_apart,
        of_clio.signed_amount - of_xero.signed_amount as fee_amount
    from deposits_left as of_clio
    inner join deposits_left as of_xero
        on
            of_clio.firm_id = of_xero.firm_id
            and of_clio.xero_bank_account_id = of_xero.xero_bank_account_id
            and of_clio.side = 'clio'
            and of_xero.side = 'xero'
            and of_xero.entry_date between of_clio.entry_date - 3 and of_clio.entry_date + 3
    where
        of_xero.signed_amount < of_clio.signed_amount
        and 20 * (of_clio.signed_amount - of_xero.signed_amount) <= of_clio.signed_amount
        and {{ names_the_client('of_clio', 'of_xero') }}

),

deposits_netted as (

    {{ choose_partners(
        'deposits_that_may_be_netted',
        within=['firm_id'],
        left_order=['entry_date', 'bank_transaction_id'],
        right_order=['xero_entry_date', 'entry_key'],
        costs=['days_apart', 'cast(100 * fee_amount as bigint)'],
    ) }}

)

select
    firm_id,
    entry_key as bank_transaction_id,
    partner_key as entry_key,
    cast(null as varchar) as sum_key,
    cast(0 as decimal(18, 2)) as fee_amount
from {{ ref('int_trust_entries_paired') }}
where side = 'clio' and partner_key is not null

union all

select
    firm_id,
    bank_transaction_id,
    entry_key,
    cast(null as varchar) as sum_key,
    cast(fee_amount as decimal(18, 2)) as fee_amount
from deposits_netted

union all

select
    of_clio.firm_id,
    of_clio.entry_key as bank_transaction_id,
    of_xero.entry_key,
    of_clio.one_side || ' ' || of_clio.one_key as sum_key,
    cast(0 as decimal(18, 2)) as fee_amount
from sums as of_clio
inner join sums as of_xero
    on
        of_clio.firm_id = of_xero.firm_id
        and of_clio.one_side = of_xero.one_side
        and of_clio.one_key = of_xero.one_key
        and of_clio.side = 'clio'
        and of_xero.side = 'xero'
