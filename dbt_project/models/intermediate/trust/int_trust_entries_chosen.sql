-- One entry of Clio and one of Xero are one movement of money: names first, then the nearest day.
with

candidates_found as (

    select * from {{ ref('int_trust_entry_candidates') }}

),

{{ pair_one_to_one(
    source='candidates_found',
    one='bank_transaction_id',
    other='entry_key',
    order_by='candidates.likeness desc, candidates.days_apart, candidates.places_apart, candidates.entry_number,'
        ~ ' candidates.bank_transaction_id, candidates.entry_key',
    likeness='candidates.likeness',
) }}

select
    firm_id,
    bank_transaction_id,
    entry_key
from pairs
