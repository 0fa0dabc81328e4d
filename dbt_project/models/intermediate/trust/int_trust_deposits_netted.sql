-- A deposit that arrives in Xero smaller than in Clio, because somebody took a fee out of it: same client, within three
-- days, by at most a twentieth. The two are partners, the difference is the fee.
with

entries_left as (

    select entries.*
    from {{ ref('int_trust_entries_unpaired') }} as entries
    where
        entries.signed_amount > 0
        and not exists (
            select 1
            from {{ ref('int_trust_sums') }} as sums
            where sums.firm_id = entries.firm_id and sums.side = entries.side and sums.entry_key = entries.entry_key
        )

),

candidates_found as (

    select
        of_clio.firm_id,
        of_clio.entry_key as bank_transaction_id,
        of_xero.entry_key,
        of_clio.entry_date,
        of_xero.entry_date as xero_entry_date,
        abs(date_diff('day', of_clio.entry_date, of_xero.entry_date)) as days_apart,
        of_clio.signed_amount - of_xero.signed_amount as fee_amount
    from entries_left as of_clio
    inner join entries_left as of_xero
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

pairs as (

    {{ choose_partners(
        'candidates_found',
        within=['firm_id'],
        left_order=['entry_date', 'bank_transaction_id'],
        right_order=['xero_entry_date', 'entry_key'],
        costs=['days_apart', 'cast(100 * fee_amount as bigint)'],
    ) }}

)

select
    firm_id,
    bank_transaction_id,
    entry_key,
    cast(fee_amount as decimal(18, 2)) as fee_amount
from pairs
