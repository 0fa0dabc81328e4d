{{ config(group='trust') }}

-- A row means: an entry of a trust account stands in no row of trust_ledger, in several, or with a word that the
-- contract does not know. Catches a join that drops or doubles entries. Says nothing about who its partner is.
select
    entries.firm_id,
    entries.bank_transaction_id,
    count(ledger.clio_bank_transaction_id) as row_count,
    max(ledger.match_status) as match_status
from {{ ref('int_trust_entries') }} as entries
left join {{ ref('trust_ledger') }} as ledger
    on entries.firm_id = ledger.firm_id and entries.bank_transaction_id = ledger.clio_bank_transaction_id
group by entries.firm_id, entries.bank_transaction_id
having
    count(
        case
            when
                ledger.match_status in (
                    'matched', 'grouped', 'missing_in_xero', 'offset', 'offset_unconfirmed', 'opening_balance',
                    'not_mapped'
                )
                then 1
        end
    ) <> 1
