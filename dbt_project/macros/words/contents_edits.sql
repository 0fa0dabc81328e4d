{#-
    What is to be edited in one line of an invoice, from Xero's value to Clio's; nothing where the line is as it should
    be. The columns are those of int_line_edits.
-#}
{% macro line_edit_in_words() -%}
    {%- set changes_of_terms = [
        ('quantity_word', 'quantity', number_text, ''),
        ("'rate '", 'rate', number_text, ''),
        ("'discount '", 'discount_rate', number_text, ' %'),
        ("'discount '", 'discount_amount', money_text, ''),
    ] %}
    case
        when role = 'discount' and line_number is null
            then 'the discount of ' || {{ money_text('discount_amount') }} || its_rate || ' is missing'
                || case
                    when target_tax_amount <> 0 then ' (tax ' || {{ money_text('target_tax_amount') }} || ')'
                    else ''
                end
        when line_number is null
            then 'add "' || {{ excerpt('clio_text') }} || '" '
                || case
                    when has_terms
                        then {{ number_text('clio_quantity') }} || ' x ' || {{ number_text('clio_rate') }} || ', '
                    else ''
                end
                || amount_word || {{ money_text('new_stated_amount') }}
                || case
                    when target_tax_amount <> 0 then ', tax ' || {{ money_text('target_tax_amount') }} else ''
                end
        when line_status in ('extra_in_xero', 'regrouped') or (role = 'rounding' and target_amount = 0)
            then the_line || ': remove "' || {{ excerpt('xero_text') }} || '", ' || amount_word
                || {{ money_text('stated_amount') }}
        else the_line || ': ' || nullif(concat_ws(
                ', ',
                {% for label, term, as_text, unit in changes_of_terms -%}
                    case
                        when role is null and new_{{ term }} is distinct from xero_{{ term }}
                            then {{ label }} || {{ as_text('xero_' ~ term) }} || '{{ unit }} to '
                                || {{ as_text('new_' ~ term) }} || '{{ unit }}'
                    end,
                {% endfor -%}
                case
                    when
                        new_stated_amount <> stated_amount
                        or (
                            way = 'amount'
                            and new_quantity is distinct from xero_quantity
                            and not coalesce(comes_out_as_it_is, false)
                        )
                        then case when role = 'discount' then 'the discount ' else amount_word end
                            || {{ money_text('stated_amount') }} || ' to ' || {{ money_text('new_stated_amount') }}
                            || case when role = 'discount' then its_rate else '' end
                end,
                case
                    when target_tax_amount <> xero_tax_amount
                        then 'tax ' || {{ money_text('xero_tax_amount') }} || ' to '
                            || {{ money_text('target_tax_amount') }}
                end,
                case
                    when line_status in ('text_changed', 'amount_and_text_changed')
                        then 'wording ' || {{ changed_text('xero_text', 'clio_text') }}
                end
            ), '')
    end
{%- endmacro %}
