{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['firm_id', 'exception_id', 'closed_at'],
    full_refresh=false
) }}

-- How each exception ended, judged once, on the night that no longer has it, and kept: tomorrow what it was about may
-- be back. Not shown any more is not fixed, and neither is what goes on under another code. Vanished are bills that
-- Clio does not return any more, not even by their id, and entries, accounts, matters, clients, invoices and credits
-- that are not shown either. Entries of Xero are no part of it: there, to delete one is the cure.
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

lives_by_family as (

    select
        lives.*,
        tonight.started_at as tonight_at,
        case when lives.code = 'unexplained' then 'documents' else findings.family end as family
    from {{ ref('int_exception_lives') }} as lives
    inner join {{ ref('int_tonight') }} as tonight
        on lives.firm_id = tonight.firm_id
    inner join {{ ref('findings') }} as findings
        on lives.code = findings.code

),

closed_tonight as (

    select * from lives_by_family
    where closed_at = tonight_at

),

closed_by_another_code as (

    -- What a document's own row said goes on in its content or its payments, and the other way round. Of two payments
    -- of a bill nothing says that they are not the same one. An account and a matter may have several things at once.
    select distinct
        closed.firm_id,
        closed.exception_id
    from closed_tonight as closed
    inner join lives_by_family as arrived
        on
            closed.firm_id = arrived.firm_id
            and closed.subject_key = arrived.subject_key
            and closed.exception_id <> arrived.exception_id
            and arrived.arrived_at = arrived.tonight_at
            and (closed.family = arrived.family or 'documents' in (closed.family, arrived.family))
    where split_part(closed.subject_key, ':', 1) in ('clio', 'xero', 'clio-entry', 'xero-entry')

),

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

),

subjects_vanished as (

    select distinct
        closed.firm_id,
        closed.subject_key
    from closed_tonight as closed
    where
        split_part(closed.subject_key, ':', 1)
        in ('clio', 'clio-entry', 'clio-account', 'matter', 'client', 'xero', 'xero-credit')
        and not exists (
            select 1
            from subjects_there as there
            where there.firm_id = closed.firm_id and there.subject_key = closed.subject_key
        )

)

select
    closed.firm_id,
    closed.exception_id,
    closed.closed_at,
    case
        when closed.code = 'bill_vanished' then 'fixed'
        -- Where one movement of money was entered twice, the entry that goes is the cure.
        when vanished.subject_key is not null and closed.code <> 'trust_entry_duplicated' then 'vanished'
        when others.exception_id is not null then 'replaced'
        else 'fixed'
    end as closed_as
from closed_tonight as closed
left join subjects_vanished as vanished
    on closed.firm_id = vanished.firm_id and closed.subject_key = vanished.subject_key
left join closed_by_another_code as others
    on closed.firm_id = others.firm_id and closed.exception_id = others.exception_id
