-- Xero's documents that stand on a trust bank account and not, or not with the same amount, on what is owed to clients,
-- or the other way round: without a partner in the same document or in another one of the opposite effect within three
-- days. They are where the two accounts come apart.
with

accounts_of_books as (

    select distinct
        firm_id,
        books_first_id,
        unnest([xero_bank_account_id, xero_liability_account_id]) as account_id,
        unnest([xero_bank_label, xero_liability_label]) as label,
        unnest([true, false]) as is_bank
    from {{ ref('int_trust_accounts') }}
    where is_mapped

),

postings as (

    select
        firm_id,
        account_id,
        document_id,
        document_kind,
        entry_date,
        signed_amount,
        contact_name,
        coalesce(document_text, description) as words
    from {{ ref('int_xero_lines_on_trust_accounts') }}

    union all

    select
        entries.firm_id,
        entries.xero_bank_account_id as account_id,
        entries.entry_id as document_id,
        entries.entry_kind as document_kind,
        entries.entry_date,
        entries.signed_amount,
        entries.contact_name,
        entries.description as words
    from {{ ref('int_xero_trust_entries') }} as entries
    where entries.entry_kind in ('money received', 'money spent', 'payment', 'batch payment', 'transfer')

    union all

    select
        payments.firm_id,
        payments.account_id,
        payments.payment_id as document_id,
        'payment' as document_kind,
        payments.payment_date as entry_date,
        {{ payment_sign('payments.payment_type') }} * coalesce(payments.bank_amount, payments.payment_amount)
            as signed_amount,
        payments.contact_name,
        coalesce(payments.reference, 'payment of ' || payments.invoice_number) as words
    from {{ ref('stg_xero__payments') }} as payments
    inner join {{ ref('int_tonight') }} as tonight
        on payments.firm_id = tonight.firm_id and payments.payment_date <= tonight.as_of_date
    inner join accounts_of_books as accounts
        on payments.firm_id = accounts.firm_id and payments.account_id = accounts.account_id and not accounts.is_bank
    where payments.payment_status = 'AUTHORISED'

),

documents as (

    select
        postings.firm_id,
        accounts.books_first_id,
        postings.document_id,
        arg_min(postings.document_kind, not accounts.is_bank) as document_kind,
        min(postings.entry_date) as entry_date,
        max(postings.contact_name) as contact_name,
        max(postings.words) as words,
        coalesce(sum(postings.signed_amount) filter (where accounts.is_bank), 0) as bank_amount,
        coalesce(sum(-postings.signed_amount) filter (where not accounts.is_bank), 0) as owed_amount,
        string_agg(distinct accounts.label, ' and ' order by accounts.label) as labels
    from postings
    inner join accounts_of_books as accounts
        on postings.firm_id = accounts.firm_id and postings.account_id = accounts.account_id
    group by postings.firm_id, accounts.books_first_id, postings.document_id

),

documents_uneven as (

    select
        *,
        bank_amount - owed_amount as effect_amount
    from documents
    where bank_amount <> owed_amount

),

candidates_found as (

    select
        ups.firm_id,
        ups.books_first_id,
        ups.document_id as up_id,
        downs.document_id as down_id,
        ups.entry_date as up_date,
        downs.entry_date as down_date,
        {{ days_apart('ups.entry_date', 'downs.entry_date') }} as days_apart
    from documents_uneven as ups
    inner join documents_uneven as downs
        on
            ups.firm_id = downs.firm_id
            and ups.books_first_id = downs.books_first_id
            and ups.effect_amount = -downs.effect_amount
            and downs.entry_date between ups.entry_date - 3 and ups.entry_date + 3
    where ups.effect_amount > 0

),

pairs as (

    {{ choose_partners(
        'candidates_found',
        within=['firm_id', 'books_first_id'],
        left_order=['up_date', 'up_id'],
        right_order=['down_date', 'down_id'],
        costs=['days_apart'],
    ) }}

)

select
    documents.firm_id,
    documents.books_first_id,
    documents.document_id,
    documents.entry_date,
    cast(documents.bank_amount as decimal(18, 2)) as bank_amount,
    cast(documents.owed_amount as decimal(18, 2)) as owed_amount,
    cast(documents.effect_amount as decimal(18, 2)) as effect_amount,
    documents.document_kind,
    documents.contact_name as called,
    documents.words as document_text,
    documents.labels
from documents_uneven as documents
left join pairs
    on
        documents.firm_id = pairs.firm_id
        and documents.books_first_id = pairs.books_first_id
        and documents.document_id in (pairs.up_id, pairs.down_id)
where pairs.firm_id is null
