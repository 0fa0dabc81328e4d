-- Withdrawals from client money that are a charge of a bank, a card or a processor: by their type or words in Clio, by
-- the words of their partner in Xero, or by those of an entry that Xero alone has. What only may be one by its words (a
-- returned cheque) is none where it takes back what came in before, of the same pocket in Clio.
with

entries_in_xero as (

    select
        entries.firm_id,
        entries.entry_key,
        entries.is_bank_charge
        or (
            entries.is_bank_item
            and not exists (
                select 1
                from {{ ref('int_xero_trust_entries') }} as returned
                where
                    returned.firm_id = entries.firm_id
                    and returned.xero_bank_account_id = entries.xero_bank_account_id
                    and returned.signed_amount = -entries.signed_amount
                    and returned.entry_date between entries.entry_date - 31 and entries.entry_date
            )
        ) as is_charge
    from {{ ref('int_xero_trust_entries') }} as entries
    where entries.is_bank_charge or entries.is_bank_item

),

charges_said_by_partners as (

    select
        partners.firm_id,
        partners.bank_transaction_id
    from {{ ref('int_trust_partners') }} as partners
    inner join entries_in_xero
        on partners.firm_id = entries_in_xero.firm_id and partners.entry_key = entries_in_xero.entry_key
    where partners.sum_key is null and entries_in_xero.is_charge

)

select
    entries.firm_id,
    'clio' as side,
    entries.bank_transaction_id as entry_key
from {{ ref('int_trust_entries') }} as entries
left join charges_said_by_partners as partners
    on entries.firm_id = partners.firm_id and entries.bank_transaction_id = partners.bank_transaction_id
where
    entries.is_bank_charge
    or (
        (
            entries.is_bank_item
            or (
                entries.signed_amount < 0
                and entries.matter_id is null
                and partners.bank_transaction_id is not null
            )
        )
        and not exists (
            select 1
            from {{ ref('int_trust_entries') }} as returned
            where
                returned.firm_id = entries.firm_id
                and returned.bank_account_id = entries.bank_account_id
                and returned.pocket_key is not distinct from entries.pocket_key
                and returned.signed_amount = -entries.signed_amount
                and returned.entry_date between entries.entry_date - 31 and entries.entry_date
        )
    )

union all

select
    settled.firm_id,
    settled.side,
    settled.entry_key
from {{ ref('int_trust_entries_settled') }} as settled
inner join entries_in_xero
    on settled.firm_id = entries_in_xero.firm_id and settled.entry_key = entries_in_xero.entry_key
where settled.side = 'xero' and settled.match_status = 'missing_in_clio' and entries_in_xero.is_charge
