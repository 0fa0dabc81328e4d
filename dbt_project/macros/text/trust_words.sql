{#-
    What bookkeepers write beside an entry. Neither system publishes the words it uses for kinds of entries, so the kind
    is read from the type and the description together; each reading is written down here, once.
-#}

{#- A cheque that was voided, a bounced item, a correction: an entry that undoes another. -#}
{% macro says_reversal(words) -%}
    regexp_matches({{ words }}, '\b(revers\w*|void|voided|voiding|cancel\w*|correction|correcting|nsf|bounced|stop(ped)? payment|returned (check|cheque|item|deposit|payment))\b')
{%- endmacro %}

{#- Money that moves inside one trust account, from one client's ledger to another. -#}
{% macro says_move(words) -%}
    regexp_matches({{ words }}, '\b(transfer\w*|moved?|re-?allocat\w*)\b')
{%- endmacro %}

{#- A payment of a bill, which is no movement inside the trust account. -#}
{% macro says_bill(words) -%}
    coalesce(regexp_matches({{ words }}, '\b(bills?|invoices?|inv)\b'), false)
{%- endmacro %}

{#- Interest on the pooled account and its sweep to the bar foundation: nobody's money at the firm. -#}
{% macro says_interest(words) -%}
    regexp_matches({{ words }}, '\b(interest|bar foundation|(iolta|iola|iota) (remittance|sweep|fees?)|sweep|swept)\b')
{%- endmacro %}

{#- What was there when the books were opened. -#}
{% macro says_opening(words) -%}
    regexp_matches({{ words }}, '\b((opening|starting|initial|beginning|conversion) balance|balance (brought |carried )?forward)\b')
{%- endmacro %}

{#- A fee that a bank or a card processor takes; "service of process" is a lawyer's errand and not a bank's. -#}
{% macro says_bank_charge(words) -%}
    (
        regexp_matches({{ words }}, '\b(bank|banking|service|merchant|card|wire)([\s_-]+\w+){0,2}[\s_-]+(fee|fees|charge|charges)\b')
        and not regexp_matches({{ words }}, '\b(service of process|process serv\w*)\b')
    )
{%- endmacro %}

{#- The words of an entry: lower case, underscores as blanks. -#}
{% macro entry_words(texts) -%}
    replace(lower(concat_ws(' ', {{ texts | join(', ') }})), '_', ' ')
{%- endmacro %}

{#- Money in less money out. The sign of Clio's `amount` is not documented; it serves where both others are missing. -#}
{% macro signed_funds(alias) -%}
    cast(
        case
            when {{ alias }}.funds_in_amount is null and {{ alias }}.funds_out_amount is null
                then coalesce({{ alias }}.entry_amount, 0)
            else coalesce({{ alias }}.funds_in_amount, 0) - coalesce({{ alias }}.funds_out_amount, 0)
        end as decimal(18, 2)
    )
{%- endmacro %}
