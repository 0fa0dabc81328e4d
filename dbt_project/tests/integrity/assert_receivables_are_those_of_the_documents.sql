-- A row means: the receivables in the night's statement are not the sum of what the documents say, read straight from
-- staging. Catches a bill or invoice counted twice or not at all on the way to the bridge. A foreign invoice counts at
-- its rate, a foreign bill as its pair is valued.
with

clio_receivables as (

    select
        bills.firm_id,
        sum(
            case when documents.bill_rate = 1 then bills.balance_amount else documents.clio_ar_amount end
        ) as amount
    from {{ ref('stg_clio__bills') }} as bills
    left join {{ ref('int_documents_paired') }} as documents
        on bills.firm_id = documents.firm_id and bills.bill_id = documents.bill_id
    where
        bills.bill_state in ('awaiting_payment', 'paid')
        and bills.vanished_at is null
        and coalesce(bills.bill_kind, '') <> 'trust_kind'
    group by bills.firm_id

),

invoices_due as (

    select
        firm_id,
        sum({{ in_own_currency('due_amount', 'currency_rate') }}) as amount
    from {{ ref('stg_xero__invoices') }}
    where invoice_status = 'AUTHORISED'
    group by firm_id

),

credits_remaining as (

    -- A credit note that is a negative bill's partner stands with that pair.
    select
        firm_id,
        sum(amount) as amount
    from (
        select
            firm_id,
            own_remaining_amount as amount
        from {{ ref('int_credits_remaining') }}
        where is_in_receivables
        union all
        select
            notes.firm_id,
            {{ in_own_currency('notes.remaining_amount', 'notes.currency_rate') }} as amount
        from {{ ref('stg_xero__credit_notes') }} as notes
        inner join {{ ref('int_pairs') }} as pairs
            on notes.firm_id = pairs.firm_id and notes.credit_note_id = pairs.invoice_id
        where notes.credit_note_status = 'AUTHORISED'
    ) as credits
    group by firm_id

)

select
    tonight.firm_id,
    statements.clio_receivables_amount,
    clio_receivables.amount as clio_sum_amount,
    statements.xero_receivables_amount,
    invoices_due.amount as xero_sum_amount
from {{ ref('int_tonight') }} as tonight
left join {{ ref('run_statements') }} as statements
    on tonight.firm_id = statements.firm_id and tonight.run_id = statements.run_id
left join clio_receivables on tonight.firm_id = clio_receivables.firm_id
left join invoices_due on tonight.firm_id = invoices_due.firm_id
left join credits_remaining on tonight.firm_id = credits_remaining.firm_id
where
    statements.clio_receivables_amount is distinct from coalesce(clio_receivables.amount, 0)
    or statements.xero_receivables_amount
    is distinct from coalesce(invoices_due.amount, 0) - coalesce(credits_remaining.amount, 0)
