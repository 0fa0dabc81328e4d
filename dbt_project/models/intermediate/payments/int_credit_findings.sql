-- Credits in Xero with credit remaining, whatever their date, and card payments in Clio that have not settled.
select
    credits.firm_id,
    'unapplied_credit' as code,
    'unapplied_credit|' || credits.credit_id as finding_key,
    {{ subject_key('xero-credit', 'credits.credit_id') }} as subject_key,
    cast(null as varchar) as detail_key,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as invoice_id,
    credits.remaining_amount as amount,
    cast(-credits.remaining_amount as decimal(18, 2)) as ar_effect_amount,
    cast(null as varchar) as clio_value,
    {{ money_text('credits.remaining_amount') }} || ' remaining' as xero_value,
    'The ' || credits.credit_kind || coalesce(' ' || nullif(credits.credit_number, ''), '') || ' of '
    || coalesce(credits.contact_name, 'no contact')
    || ' of '
    || coalesce(cast(credits.credit_date as varchar), 'no date')
    || ' has ' || {{ money_text('credits.remaining_amount') }} || ' left in Xero that no invoice has used.'
        as explanation,
    'Apply it to an invoice, or pay it back.' as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    credits.changed_at,
    coalesce(nullif(credits.credit_number, ''), credits.credit_kind || coalesce(' of ' || credits.credit_date, ''))
        as subject_label,
    coalesce(clients.client_name, credits.contact_name) as client_name,
    credits.total_amount as document_amount,
    credits.credit_date as since_date
from {{ ref('int_credits_remaining') }} as credits
left join {{ ref('int_contacts_with_their_client') }} as clients
    on credits.firm_id = clients.firm_id and credits.contact_id = clients.contact_id
where not credits.is_not_from_clio

union all by name

select
    bills.firm_id,
    'card_payment_pending' as code,
    'card_payment_pending|' || bills.bill_key as finding_key,
    bills.bill_key as subject_key,
    cast(null as varchar) as detail_key,
    bills.bill_id,
    documents.invoice_id,
    cast(abs(bills.pending_amount) as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    {{ money_text('bills.pending_amount') }} || ' pending' as clio_value,
    cast(null as varchar) as xero_value,
    'Bill ' || coalesce(bills.bill_number, 'without a number') || ' for ' || coalesce(bills.client_name, 'no client')
    || ' has a card payment of ' || {{ money_text('bills.pending_amount') }}
    || ' in Clio that the processor has not settled.' as explanation,
    'Wait for the processor.' as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    documents.changed_at
from {{ ref('int_bills_valued') }} as bills
inner join {{ ref('int_documents_paired') }} as documents
    on bills.firm_id = documents.firm_id and bills.bill_id = documents.bill_id
where bills.bill_class = 'approved' and bills.pending_amount <> 0
