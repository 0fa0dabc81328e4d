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

{#-
    A fee or charge of a bank, a card or a processor, by name. Fees of courts, agencies and errands are taken out of the
    text first: "service of process", "filing fee", "wire fraud charges".
-#}
{% macro says_bank_charge(words) -%}
    {%- set fee = '(fees?|charges?|chg|chgs)' -%}
    {%- set others = [
        '\\b(filing|e-?filing|court|recording|subpoenas?|records?|appraisal|witness|expert|attorney\\S*|legal|retainer|consultation|application|registration|licen[cs]e|title|escrow|sheriff\\S*|clerk\\S*|deposition|transcript|mediation|arbitration|notary|survey|inspection|storage|fraud|robbery|theft|criminal)\\s+' ~ fee ~ '\\b',
        '\\b(process|summons|subpoena|sheriff\\S*|legal|court|personal|courier|messenger|delivery|e-?file|e-?filing|filing|research|title|translation|interpret\\w*)\\s+service\\s+' ~ fee ~ '\\b',
        '\\b(patent|trademark|annuity|road|property|building|common area)\\s+maintenance\\s+' ~ fee ~ '\\b',
        '\\b(dna|blood|lab|laboratory|handwriting|forensic|soil|chemical|financial|expert)\\s+analysis\\s+' ~ fee ~ '\\b',
        '\\b(green|business|id|identity|report|social security) cards?\\b',
        '\\bservice of (process|summons|subpoena|complaint|papers|documents)\\b',
        '\\bprocess serv\\w*',
    ] | join('|') -%}
    {%- set text = "regexp_replace(" ~ words ~ ", '" ~ others ~ "', ' ', 'g')" -%}
    (
        regexp_matches({{ text }}, '\b(bank|banking|merchant|card|wire|ach|overdraft|overdrawn|nsf|(non-?|in)sufficient funds|returned|return item|charge-?back|stop(ped)?[\s-]payment|lawpay|affinipay|clio payments|stripe|paypal|headnote|processor|payment processing|interchange|foreign exchange|lockbox)([\s-]+\w+){0,2}[\s-]+{{ fee }}\b')
        or regexp_matches({{ text }}, '\b(service|svc|maintenance|analysis|account|acct|dormancy|dormant|inactivity|statement|minimum balance|low balance|cash handling|remote deposit|transaction|(check|cheque)s?[\s-]+(order|printing))[\s-]+{{ fee }}\b')
        or regexp_matches({{ text }}, '\b{{ fee }}\W+((for|of|on|by|from)\s+)?((the|a|an|our|outgoing|incoming|domestic|international|account)\s+)*(wire|overdraft|nsf|stop payment|returned|maintenance|analysis|merchant|credit card|card processing|lawpay|charge-?back|(check|cheque)s? order|(check|cheque) printing|bank|processor)\b')
    )
{%- endmacro %}

{#- What a bank calls such a charge without the word; it may as well be a client's cheque that came back. -#}
{% macro says_bank_item(words) -%}
    regexp_matches({{ words }}, '\b(overdraft|(account|acct|monthly|bank) analysis|nsf|stop(ped)? payment|return(ed)? (deposit(ed)? )?(item|check|cheque|deposit)s?|charge-?back|(check|cheque)s? (re-?)?(order|printing)|order of (checks|cheques)|(checks|cheques) ordered|deposit slips|merchant (discount|services|bankcard|bankcd)|bankcard discount)\b')
{%- endmacro %}

{#- The words of an entry: lower case, underscores as blanks. -#}
{% macro entry_words(texts) -%}
    replace(lower(concat_ws(' ', {{ texts | join(', ') }})), '_', ' ')
{%- endmacro %}

{#- Money in minus money out. The sign of Clio's `amount` is not documented; it serves where both others are missing. -#}
{% macro signed_funds(alias) -%}
    cast(
        case
            when {{ alias }}.funds_in_amount is null and {{ alias }}.funds_out_amount is null
                then coalesce({{ alias }}.entry_amount, 0)
            else coalesce({{ alias }}.funds_in_amount, 0) - coalesce({{ alias }}.funds_out_amount, 0)
        end as decimal(18, 2)
    )
{%- endmacro %}

{#- Whose money an entry of a trust account is: the matter's, or the client's where there is no matter. -#}
{% macro pocket_key(entries) -%}
    case
        when {{ entries }}.matter_id is not null then {{ subject_key('matter', entries ~ '.matter_id') }}
        when {{ entries }}.client_id is not null then {{ subject_key('client', entries ~ '.client_id') }}
    end
{%- endmacro %}
