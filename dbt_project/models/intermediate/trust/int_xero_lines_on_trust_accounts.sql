-- Lines of Xero's documents that stand on one of the two accounts of client money, debits positive: of posted manual
-- journals, and of bank transactions, invoices and credit notes that are coded to it. Xero allows none on a bank
-- account; an account that is kept by journals has no other entries.
with

accounts_named as (

    select distinct
        firm_id,
        unnest([xero_bank_account_id, xero_liability_account_id]) as account_id,
        as_of_date
    from {{ ref('int_trust_accounts') }}

),

accounts_mapped as (

    select
        named.firm_id,
        named.account_id,
        accounts.account_code,
        named.as_of_date
    from accounts_named as named
    left join {{ ref('stg_xero__accounts') }} as accounts
        on named.firm_id = accounts.firm_id and named.account_id = accounts.account_id

),

lines_of_documents as (

    {%- set documents = [
        {
            'kind': 'manual journal',
            'table': 'stg_xero__manual_journals',
            'lines': 'stg_xero__manual_journal_lines',
            'id': 'manual_journal_id',
            'date': 'journal_date',
            'text': 'narration',
            'is_of_a_contact': false,
            'sign': '1',
            'where': "journal_status = 'POSTED'",
        },
        {
            'kind': 'bank transaction',
            'table': 'stg_xero__bank_transactions',
            'lines': 'stg_xero__bank_transaction_lines',
            'id': 'bank_transaction_id',
            'date': 'entry_date',
            'text': 'reference',
            'is_of_a_contact': true,
            'sign': "case when documents.bank_transaction_type like 'RECEIVE%' then -1 else 1 end",
            'where': "bank_transaction_status = 'AUTHORISED'",
        },
        {
            'kind': 'invoice',
            'table': 'stg_xero__invoices',
            'lines': 'stg_xero__invoice_lines',
            'id': 'invoice_id',
            'date': 'issued_date',
            'text': 'invoice_number',
            'is_of_a_contact': true,
            'sign': '-1',
            'where': "invoice_type = 'ACCREC' and documents.invoice_status in ('AUTHORISED', 'PAID')",
        },
        {
            'kind': 'credit note',
            'table': 'stg_xero__credit_notes',
            'lines': 'stg_xero__credit_note_lines',
            'id': 'credit_note_id',
            'date': 'credit_note_date',
            'text': 'credit_note_number',
            'is_of_a_contact': true,
            'sign': '1',
            'where': "credit_note_type = 'ACCRECCREDIT' and documents.credit_note_status in ('AUTHORISED', 'PAID')",
        },
    ] %}
    {%- for one in documents %}

        select
            documents.firm_id,
            lines.account_id,
            lines.account_code,
            documents.{{ one.id }} as document_id,
            '{{ one.kind }}' as document_kind,
            documents.{{ one.date }} as document_date,
            lines.position,
            {{ one.sign }} * {{ net_of_line('lines', 'documents') }} as signed_amount,
            {{ 'documents.contact_id' if one.is_of_a_contact else 'cast(null as varchar)' }} as contact,
            {{ 'documents.contact_name' if one.is_of_a_contact else 'cast(null as varchar)' }} as contact_called,
            documents.{{ one.text }} as document_text,
            lines.description,
            documents.updated_at as changed_at
        from {{ ref(one.table) }} as documents
        inner join {{ ref(one.lines) }} as lines
            on documents.firm_id = lines.firm_id and documents.{{ one.id }} = lines.{{ one.id }}
        where documents.{{ one.where }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    lines.firm_id,
    accounts_mapped.account_id,
    lines.document_id,
    -- A document with several lines on the account tells them apart by their number.
    lines.document_id || case
        when count(*) over (partition by lines.firm_id, accounts_mapped.account_id, lines.document_id) > 1
            then ':' || (lines.position + 1)
        else ''
    end as entry_id,
    lines.document_kind,
    lines.document_date as entry_date,
    cast(lines.signed_amount as decimal(18, 2)) as signed_amount,
    lines.contact as contact_id,
    lines.contact_called as contact_name,
    lines.document_text,
    lines.description,
    lines.changed_at
from lines_of_documents as lines
inner join accounts_mapped
    on
        lines.firm_id = accounts_mapped.firm_id
        -- A line may name its account by the code alone.
        and (
            lines.account_id = accounts_mapped.account_id
            or (lines.account_id is null and lines.account_code = accounts_mapped.account_code)
        )
where lines.document_date <= accounts_mapped.as_of_date and lines.signed_amount <> 0
