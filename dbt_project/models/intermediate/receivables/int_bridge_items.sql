-- Everything that the receivables bridge is made of, item by item, with the client it stands with: Clio's client
-- where there is a bill (for an extra invoice and a collision the bill's), else the Clio client that the Xero
-- contact is tied to, else the contact. What no step explains of a client's walk is a step of its own.
with

bills_that_invoices_stand_with as (

    select
        firm_id,
        invoice_id,
        bill_id
    from {{ ref('int_document_findings') }}
    where code in ('duplicate_in_xero', 'number_collision')

),

contacts_with_their_client as (

    {{ contacts_with_their_client() }}

),

documents_with_their_client as (

    select
        documents.*,
        case when bills.bill_id is not null then bills.client_id else clients.client_id end as client_id,
        coalesce(bills.client_name, clients.client_name, 'no client') as stands_with
    from {{ ref('int_documents_paired') }} as documents
    left join bills_that_invoices_stand_with as others
        on
            documents.firm_id = others.firm_id
            and documents.invoice_id = others.invoice_id
            and documents.bill_id is null
    left join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and coalesce(documents.bill_id, others.bill_id) = bills.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    left join contacts_with_their_client as clients
        on invoices.firm_id = clients.firm_id and invoices.contact_id = clients.contact_id

),

credits_with_their_client as (

    select
        *,
        coalesce(client_name, 'no client') as stands_with
    from {{ ref('int_credits_remaining') }}

),

items_of_steps as (

    select
        firm_id,
        'clio_receivables' as step,
        bill_key as item_key,
        client_id as clio_client_id,
        stands_with as client_name,
        clio_ar_amount as amount
    from documents_with_their_client
    where clio_ar_amount <> 0

    union all

    select
        firm_id,
        'xero_receivables' as step,
        bill_key as item_key,
        client_id as clio_client_id,
        stands_with as client_name,
        xero_ar_amount as amount
    from documents_with_their_client
    where xero_ar_amount <> 0

    union all

    select
        firm_id,
        scope_reason as step,
        bill_key as item_key,
        client_id as clio_client_id,
        stands_with as client_name,
        ar_difference_amount as amount
    from documents_with_their_client
    where scope_reason is not null and ar_difference_amount <> 0

    union all

    select
        firm_id,
        'xero_receivables' as step,
        {{ subject_key('xero-credit', 'credit_id') }} as item_key,
        client_id as clio_client_id,
        stands_with as client_name,
        cast(-own_remaining_amount as decimal(18, 2)) as amount
    from credits_with_their_client
    where is_in_receivables

    union all

    select
        firm_id,
        case when is_not_from_clio then 'not_from_clio' else 'unapplied_credit' end as step,
        {{ subject_key('xero-credit', 'credit_id') }} as item_key,
        client_id as clio_client_id,
        stands_with as client_name,
        cast(-own_remaining_amount as decimal(18, 2)) as amount
    from credits_with_their_client
    where is_in_receivables

    union all

    select
        findings.firm_id,
        findings.code as step,
        findings.finding_key as item_key,
        documents.client_id as clio_client_id,
        documents.stands_with as client_name,
        findings.ar_effect_amount as amount
    from {{ ref('int_findings') }} as findings
    inner join documents_with_their_client as documents
        on
            findings.firm_id = documents.firm_id
            and documents.bill_key = coalesce(
                -- A request for trust money is no bill of the bridge; the invoice that stands for it is an item.
                case
                    when findings.code <> 'trust_request_invoiced' then {{ subject_key('clio', 'findings.bill_id') }}
                end,
                {{ subject_key('xero', 'findings.invoice_id') }}
            )
    where findings.ar_effect_amount <> 0 and findings.code not in ('unapplied_credit', 'unexplained')

)

select * from items_of_steps

union all

select
    firm_id,
    'unexplained' as step,
    concat_ws('|', 'unexplained', clio_client_id, client_name) as item_key,
    clio_client_id,
    client_name,
    cast(sum(case when step = 'xero_receivables' then amount else -amount end) as decimal(18, 2)) as amount
from items_of_steps
group by firm_id, clio_client_id, client_name
having sum(case when step = 'xero_receivables' then amount else -amount end) <> 0
