-- Credit that customers have in Xero and that is not yet applied to an invoice, and whether it lowers Xero's
-- receivables. A credit note that is a negative bill's partner belongs to that pair; a prepayment whose lines are all
-- coded to what clients are owed is client money. Whether the other prepayments stand in the receivables account is
-- read off the books: of the two sums, with and without them, the one that equals the account holds; where neither
-- does, with them.
with

credits_in_xero as (

    select
        firm_id,
        credit_note_id as credit_id,
        'credit note' as credit_kind,
        credit_note_number as credit_number,
        credit_note_status as credit_status,
        contact_id,
        contact_name,
        credit_note_date as credit_date,
        total_amount,
        remaining_amount,
        currency_rate,
        updated_at
    from {{ ref('stg_xero__credit_notes') }}
    where credit_note_type = 'ACCRECCREDIT'

    union all

    select
        firm_id,
        overpayment_id as credit_id,
        'overpayment' as credit_kind,
        reference as credit_number,
        overpayment_status as credit_status,
        contact_id,
        contact_name,
        overpayment_date as credit_date,
        total_amount,
        remaining_amount,
        currency_rate,
        updated_at
    from {{ ref('stg_xero__overpayments') }}
    where overpayment_type in ('RECEIVE-OVERPAYMENT', 'AROVERPAYMENT')

    union all

    select
        firm_id,
        prepayment_id as credit_id,
        'prepayment' as credit_kind,
        reference as credit_number,
        prepayment_status as credit_status,
        contact_id,
        contact_name,
        prepayment_date as credit_date,
        total_amount,
        remaining_amount,
        currency_rate,
        updated_at
    from {{ ref('stg_xero__prepayments') }}
    where prepayment_type in ('RECEIVE-PREPAYMENT', 'ARPREPAYMENT')

),

prepayments_of_client_money as (

    select
        lines.firm_id,
        lines.prepayment_id
    from {{ ref('stg_xero__prepayment_lines') }} as lines
    left join {{ ref('stg_xero__accounts') }} as coded
        on lines.firm_id = coded.firm_id and lines.account_id is null and lines.account_code = coded.account_code
    left join (
        select distinct
            firm_id,
            xero_liability_account_id
        from {{ ref('stg_evidence__trust_accounts') }}
    ) as owed
        on
            lines.firm_id = owed.firm_id
            and coalesce(lines.account_id, coded.account_id) = owed.xero_liability_account_id
    group by lines.firm_id, lines.prepayment_id
    having count(*) = count(owed.xero_liability_account_id)

),

credits_remaining as (

    select
        credits.firm_id,
        credits.credit_id,
        credits.credit_kind,
        credits.credit_number,
        credits.contact_id,
        coalesce(contacts.contact_name, credits.contact_name) as contact_name,
        credits.credit_date,
        credits.total_amount,
        credits.remaining_amount,
        cast({{ in_own_currency('credits.remaining_amount', 'credits.currency_rate') }} as decimal(18, 2))
            as own_remaining_amount,
        coalesce(contacts.is_not_from_clio, false) as is_not_from_clio,
        credits.updated_at as changed_at
    from credits_in_xero as credits
    left join {{ ref('int_xero_contacts') }} as contacts
        on credits.firm_id = contacts.firm_id and credits.contact_id = contacts.contact_id
    left join {{ ref('int_pairs') }} as paired
        on credits.firm_id = paired.firm_id and credits.credit_id = paired.invoice_id
    left join prepayments_of_client_money as client_money
        on
            credits.firm_id = client_money.firm_id
            and credits.credit_kind = 'prepayment'
            and credits.credit_id = client_money.prepayment_id
    where
        paired.invoice_id is null
        and client_money.prepayment_id is null
        and credits.credit_status = 'AUTHORISED'
        and coalesce(credits.remaining_amount, 0) <> 0

),

contacts_with_their_client as (

    {{ contacts_with_their_client() }}

),

receivables_of_documents as (

    select
        firm_id,
        sum(xero_ar_amount) as amount
    from {{ ref('int_documents_paired') }}
    group by firm_id

),

sums_of_credits as (

    select
        firm_id,
        sum(case when credit_kind = 'prepayment' then 0 else own_remaining_amount end) as credit_amount,
        sum(case when credit_kind = 'prepayment' then own_remaining_amount else 0 end) as prepaid_amount
    from credits_remaining
    group by firm_id

),

firms_that_keep_prepayments_elsewhere as (

    select credits.firm_id
    from sums_of_credits as credits
    inner join {{ ref('int_xero_account_balances') }} as balances
        on credits.firm_id = balances.firm_id
    left join receivables_of_documents as documents
        on credits.firm_id = documents.firm_id
    where
        credits.prepaid_amount <> 0
        and balances.receivables_amount = coalesce(documents.amount, 0) - credits.credit_amount

)

select
    credits.*,
    clients.client_id,
    coalesce(clients.client_name, credits.contact_name) as client_name,
    credits.credit_kind <> 'prepayment' or elsewhere.firm_id is null as is_in_receivables
from credits_remaining as credits
left join contacts_with_their_client as clients
    on credits.firm_id = clients.firm_id and credits.contact_id = clients.contact_id
left join firms_that_keep_prepayments_elsewhere as elsewhere
    on credits.firm_id = elsewhere.firm_id
