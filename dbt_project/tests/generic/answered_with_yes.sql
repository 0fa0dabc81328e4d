{#-
    Is the question that this tie-out asks of the books answered with yes? A row is an open exception that says no; what
    is in flight or accepted is left out. Which codes say no stands beside each code, in the seed of findings. A failure
    is a finding about the client's books and no fault of ours, so no model stands below this test.
-#}
{% test answered_with_yes(model, tie_out) %}
{{ config(tags=['tie_out'], severity='warn') }}

    select
        exceptions.firm_id,
        exceptions.exception_id,
        exceptions.code,
        exceptions.subject_key,
        exceptions.clio_bill_number,
        exceptions.xero_invoice_number,
        exceptions.trust_account,
        exceptions.amount,
        exceptions.ar_effect
    from {{ model }} as exceptions
    inner join {{ ref('findings') }} as codes
        on exceptions.code = codes.code
    where exceptions.status = 'open' and list_contains(string_split(codes.tie_outs, ' '), '{{ tie_out }}')
{% endtest %}
