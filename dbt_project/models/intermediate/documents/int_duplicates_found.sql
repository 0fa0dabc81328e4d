-- An invoice without a bill that repeats the contact, date and total of a paired one. Where it repeats several, the
-- one whose number it extends ("1007" and "1007-1") is meant; where even that does not single one out, none is named.
with

invoices_that_repeat_a_paired_one as (

    select
        extras.firm_id,
        extras.invoice_id,
        pairs.bill_id,
        pairs.invoice_id as repeated_invoice_id,
        starts_with(extras.number_key, paired.number_key) as extends_the_number
    from {{ ref('int_documents_open') }} as extras
    inner join {{ ref('int_invoices_valued') }} as paired
        on
            extras.firm_id = paired.firm_id
            and extras.contact_id = paired.contact_id
            and extras.issued_date = paired.issued_date
            and extras.total_amount = paired.total_amount
            and {{ same_currency('extras.currency_code', 'paired.currency_code') }}
    inner join {{ ref('int_pairs_resolved') }} as pairs
        on paired.firm_id = pairs.firm_id and paired.invoice_id = pairs.invoice_id
    left join {{ ref('int_collisions_found') }} as collisions
        on extras.firm_id = collisions.firm_id and extras.invoice_id = collisions.invoice_id
    where extras.invoice_id is not null and collisions.invoice_id is null

),

repeats_counted as (

    select
        *,
        count(*) over (partition by firm_id, invoice_id) as repeated_count,
        count(case when extends_the_number then 1 end) over (partition by firm_id, invoice_id) as extended_count
    from invoices_that_repeat_a_paired_one

)

select
    firm_id,
    invoice_id,
    bill_id,
    repeated_invoice_id
from repeats_counted
where repeated_count = 1 or (extended_count = 1 and extends_the_number)
