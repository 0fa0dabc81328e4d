-- How a sentence names an invoice or a credit note, and how the document is taken back: a draft is deleted, an approved
-- one voided, and one with money on it not before that money is off. In books that are locked the firm is asked first.
with

invoices_in_words as (

    select
        firm_id,
        invoice_id,
        invoice_class,
        invoice_status,
        issued_date,
        invoice_number,
        document_kind || ' ' || coalesce(invoice_number, 'without a number') as the_invoice,
        document_kind,
        coalesce(contact_name, 'no contact') as contact_name,
        {{ status_in_words('invoice_status') }} as status,
        {{ status_in_words('invoice_status', said=true) }} as status_said,
        {{ money_text('total_amount') }} as total,
        {{ money_text('due_amount') }} as due,
        paid_amount <> 0 or credited_amount <> 0 as has_money,
        concat_ws(
            ' and ',
            case when paid_amount <> 0 then 'payments of ' || {{ money_text('abs(paid_amount)') }} end,
            case when credited_amount <> 0 then 'credits of ' || {{ money_text('abs(credited_amount)') }} end
        ) as money_on_it
    from {{ ref('int_invoices_valued') }}

)

select
    invoices_in_words.*,
    {{ locked_books_first('invoices_in_words.issued_date', 'tonight.locked_until_date') }}
    || case
        when invoice_class = 'draft' then 'Delete the draft ' || the_invoice || ' in Xero.'
        when has_money
            then 'Xero voids nothing with money on it: find out what the ' || money_on_it
                || ' were for and move them to the document they belong to; only then void ' || the_invoice || '.'
        else 'Void ' || the_invoice || ' in Xero.'
    end as removal
from invoices_in_words
inner join {{ ref('int_tonight') }} as tonight
    on invoices_in_words.firm_id = tonight.firm_id
