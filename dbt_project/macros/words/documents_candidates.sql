{#-
    What a document may be on the other side. `candidates` is an alias of int_candidates, `bills` and `invoices` are what
    it names: an invoice on the row of a bill, a bill on the row of an invoice,
    a credit note (`notes`) on that of a negative bill.
-#}
{% macro candidate_in_words(candidates, bills, invoices, notes) -%}
    case {{ candidates }}.named_on
        when 'bill'
            then {{ document_of_day('invoice', invoices ~ '.invoice_number', invoices ~ '.issued_date') }}
                || ' (' || {{ status_in_words(invoices ~ '.invoice_status') }}
                || ', ' || {{ money_text(invoices ~ '.total_amount') }}
                || case {{ candidates }}.way
                    when 'one by one' then ', ' || coalesce({{ invoices }}.contact_name, 'no contact')
                    else ''
                end
                || ')'
        when 'negative bill'
            then {{ document_of_day('credit note', notes ~ '.invoice_number', notes ~ '.issued_date') }}
                || ' (' || {{ status_in_words(notes ~ '.invoice_status') }}
                || ', ' || {{ money_text('-' ~ notes ~ '.total_amount') }}
                || ', ' || coalesce({{ notes }}.contact_name, 'no contact') || ')'
        else {{ document_of_day('bill', bills ~ '.bill_number', bills ~ '.issued_date') }}
            || ' (' || {{ money_text(bills ~ '.payable_amount') }}
            || case {{ candidates }}.way
                when 'one by one' then ', ' || coalesce({{ bills }}.client_name, 'client not visible')
                else ''
            end
            || ')'
    end
{%- endmacro %}

{#- After a candidate that is several: what it is the sum of, or a part of. -#}
{% macro beside_its_like(candidates, names_of_parts) -%}
    case {{ candidates }}.named_on when 'bill' then ' for ' else ' as ' end
    || {{ listed(names_of_parts, separator=', ', budget=100) }}
{%- endmacro %}

{#- The step that makes a pair of it. Ids alone: a number is whatever somebody typed, and this goes into a shell. -#}
{% macro linking_a_candidate(found) -%}
    case when {{ found }}.way = 'one by one' then
        case
            when {{ found }}.candidate_count = 1
                then 'Look at ' || {{ found }}.candidates_in_words || '. If it is the same document, say so: '
            else 'Look at each of these: ' || {{ found }}.candidates_in_words
                || '. If one is the same document, say so with its id: '
        end
        || 'tieout link ' || {{ found }}.firm_id
        || case {{ found }}.named_on when 'bill' then ' ' || {{ found }}.document_id else '' end
        || case
            when {{ found }}.candidate_count = 1 then ' ' || {{ found }}.other_id
            when {{ found }}.named_on = 'bill' then ' INVOICE_ID'
            else ' BILL_ID'
        end
        || case {{ found }}.named_on when 'bill' then '' else ' ' || {{ found }}.document_id end
        || ' --by "YOUR NAME" --reason "same document"'
    end
{%- endmacro %}
