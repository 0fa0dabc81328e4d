-- The candidates of a document as a row names them: for who reads, and for who copies a command.
with

candidates as (

    select
        found.firm_id,
        found.named_on,
        case found.named_on when 'bill' then found.bill_id else found.invoice_id end as document_id,
        found.bill_id,
        found.invoice_id,
        found.candidate_count,
        case found.named_on
            when 'bill'
                then 'invoice ' || coalesce(invoices.invoice_number, 'without a number') || ' of '
                    || coalesce(cast(invoices.issued_date as varchar), 'no date')
                    || ' ('
                    || {{ status_in_words('invoices.invoice_status') }}
                    || ', '
                    || {{ money_text('invoices.total_amount') }}
                    || ', ' || coalesce(invoices.contact_name, 'no contact') || ')'
            else 'bill ' || coalesce(bills.bill_number, 'without a number') || ' of '
                || coalesce(cast(bills.issued_date as varchar), 'no date')
                || ' (' || {{ money_text('bills.payable_amount') }}
                || ', ' || coalesce(bills.client_name, 'client not visible') || ')'
        end as candidate_in_words,
        case found.named_on
            when 'bill' then concat_ws(' ', invoices.invoice_number, '(' || found.invoice_id || ')')
            else concat_ws(' ', bills.bill_number, '(' || found.bill_id || ')')
        end as candidate,
        row_number() over (
            partition by
                found.firm_id,
                found.named_on,
                case found.named_on when 'bill' then found.bill_id else found.invoice_id end
            order by found.reason_rank, found.days_apart, found.invoice_id, found.bill_id
        ) as candidate_order
    from {{ ref('int_candidates_found') }} as found
    inner join {{ ref('int_bills_valued') }} as bills
        on found.firm_id = bills.firm_id and found.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on found.firm_id = invoices.firm_id and found.invoice_id = invoices.invoice_id

)

select
    firm_id,
    named_on,
    document_id,
    max(candidate_count) as candidate_count,
    string_agg(candidate_in_words, '; ' order by candidate_order)
    || case
        when max(candidate_count) > count(*) then '; and ' || (max(candidate_count) - count(*)) || ' more'
        else ''
    end as candidates_in_words,
    string_agg(candidate, ', ' order by candidate_order)
    || case
        when max(candidate_count) > count(*) then ', and ' || (max(candidate_count) - count(*)) || ' more'
        else ''
    end as candidate,
    -- Ids alone: a number is whatever somebody typed, and this is to be pasted into a shell.
    'tieout link ' || firm_id || ' '
    || case
        when named_on = 'bill'
            then document_id || ' ' || case when max(candidate_count) = 1 then max(invoice_id) else 'INVOICE_ID' end
        else case when max(candidate_count) = 1 then max(bill_id) else 'BILL_ID' end || ' ' || document_id
    end || ' --by "YOUR NAME" --reason "same document"' as link_command
from candidates
group by firm_id, named_on, document_id
