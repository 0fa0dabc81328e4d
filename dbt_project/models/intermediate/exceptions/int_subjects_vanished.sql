-- What exceptions were about and is no longer there: bills that Clio does not return any more, not even by their id,
-- and entries, accounts, matters, clients, invoices and credits that are not shown either. Entries of Xero are no part
-- of it: there, to delete one is the cure.
{%- set subjects = [
    ('clio-entry', 'stg_clio__bank_transactions', 'bank_transaction_id'),
    ('clio-account', 'stg_clio__bank_accounts', 'bank_account_id'),
    ('matter', 'stg_clio__matters', 'matter_id'),
    ('client', 'stg_clio__contacts', 'contact_id'),
    ('xero', 'stg_xero__invoices', 'invoice_id'),
    ('xero-credit', 'stg_xero__credit_notes', 'credit_note_id'),
    ('xero-credit', 'stg_xero__overpayments', 'overpayment_id'),
    ('xero-credit', 'stg_xero__prepayments', 'prepayment_id'),
] %}
with

subjects_there as (

    select
        firm_id,
        {{ subject_key('clio', 'bill_id') }} as subject_key
    from {{ ref('stg_clio__bills') }}
    where vanished_at is null

    {%- for kind, table, id in subjects %}

        union all

        select
            firm_id,
            {{ subject_key(kind, id) }} as subject_key
        from {{ ref(table) }}
    {%- endfor %}

)

select distinct
    lives.firm_id,
    lives.subject_key
from {{ ref('int_exception_lives') }} as lives
where
    split_part(lives.subject_key, ':', 1)
    in ('clio', 'clio-entry', 'clio-account', 'matter', 'client', 'xero', 'xero-credit')
    and not exists (
        select 1
        from subjects_there as there
        where there.firm_id = lives.firm_id and there.subject_key = lives.subject_key
    )
