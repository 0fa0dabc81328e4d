-- Lines of an invoice of 0.00, or without an amount, that only say whose invoice it is: their text is the bill's
-- matter, subject, client or number. Any other such line says something to the client that the bill does not say.
with

texts_of_each_bill as (

    select
        firm_id,
        bill_id,
        {{ text_key('bill_number') }} as text_key
    from {{ ref('int_bills_valued') }}

    union

    select
        firm_id,
        bill_id,
        {{ text_key('client_name') }} as text_key
    from {{ ref('int_bills_valued') }}

    union

    select
        firm_id,
        bill_id,
        {{ text_key('subject') }} as text_key
    from {{ ref('stg_clio__bills') }}

    union

    select
        bill_matters.firm_id,
        bill_matters.bill_id,
        unnest([
            {{ text_key('bill_matters.matter_number') }},
            {{ text_key('matters.description') }},
            {{ text_key("bill_matters.matter_number || ' ' || matters.description") }},
            {{ text_key("bill_matters.matter_number || ': ' || matters.description") }},
            {{ text_key("bill_matters.matter_number || ' - ' || matters.description") }}
        ]) as text_key
    from {{ ref('stg_clio__bill_matters') }} as bill_matters
    left join {{ ref('stg_clio__matters') }} as matters
        on bill_matters.firm_id = matters.firm_id and bill_matters.matter_id = matters.matter_id

)

select distinct
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    lines.line_position
from {{ ref('int_pairs_resolved') }} as pairs
inner join texts_of_each_bill as texts
    on pairs.firm_id = texts.firm_id and pairs.bill_id = texts.bill_id
inner join {{ ref('int_invoice_lines_valued') }} as lines
    on
        pairs.firm_id = lines.firm_id
        and pairs.invoice_id = lines.invoice_id
        and texts.text_key = lines.text_key
where lines.net_amount = 0 and texts.text_key <> ''
