-- The entry to post in Xero for each entry of Clio's trust ledger that is missing there, ready to be typed: money
-- received or spent on the bank account, or a manual journal where the account is no bank account, which takes neither.
with

entries_missing as (

    select
        entries.firm_id,
        entries.bank_transaction_id,
        entries.entry_date,
        entries.signed_amount,
        {{ money_text('abs(entries.signed_amount)') }} as amount_text,
        accounts.is_kept_by_journals,
        accounts.xero_bank_label as bank_account,
        accounts.xero_liability_label as coded_to_account,
        coalesce(entries.client_name, 'the bank') as contact_name,
        entries.client_name,
        entries.matter_number,
        coalesce(entries.description, case when entries.signed_amount > 0 then 'Deposit' else 'Withdrawal' end)
            as reference
    from {{ ref('int_trust_entries_settled') }} as settled
    inner join {{ ref('int_trust_entries') }} as entries
        on settled.firm_id = entries.firm_id and settled.entry_key = entries.bank_transaction_id
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    where settled.side = 'clio' and settled.match_status = 'missing_in_xero'

)

select
    firm_id,
    bank_transaction_id,
    entry_date,
    bank_account,
    coded_to_account,
    contact_name,
    matter_number,
    signed_amount,
    reference,
    case
        when is_kept_by_journals
            then 'manual journal, ' || entry_date || ', debit '
                || case when signed_amount > 0 then bank_account else coded_to_account end || ' ' || amount_text
                || ', credit ' || case when signed_amount > 0 then coded_to_account else bank_account end || ' '
                || amount_text || ', narration "' || concat_ws(', ', client_name, matter_number, reference) || '".'
        else case when signed_amount > 0 then 'Receive money' else 'Spend money' end || ', ' || entry_date || ', '
            || bank_account || ', contact ' || contact_name || ', '
            || case when signed_amount > 0 then '+' else '-' end || amount_text || ', coded to ' || coded_to_account
            || ', reference "' || reference || '".'
    end as posting
from entries_missing
