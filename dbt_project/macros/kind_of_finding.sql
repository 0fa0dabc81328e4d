{#- What a finding is about: a document as such, its content, its payments, or something else. -#}
{% macro kind_of_finding(code) -%}
    case
        when
            {{ code }} in (
                'missing_in_xero', 'stuck_in_draft_ready', 'stuck_in_draft_edited', 'approved_early_in_xero',
                'void_in_clio_live_in_xero', 'void_in_xero_live_in_clio', 'number_collision', 'duplicate_in_xero',
                'xero_only', 'bill_vanished', 'credit_note_missing', 'trust_request_invoiced', 'unexplained'
            )
            then 'document'
        when
            {{ code }} in (
                'discount_lost', 'amounts_differ', 'lines_differ', 'rounding', 'tax_differs', 'line_tax_differs',
                'interest_not_mirrored', 'text_differs', 'date_differs', 'due_date_differs', 'currency_differs',
                'wrong_contact', 'renumbered'
            )
            then 'content'
        when {{ code }} like 'pa%' or {{ code }} in ('credit_one_side', 'card_payment_pending') then 'payment'
        when {{ code }} like 'trust_entry%' or {{ code }} in ('bank_charge_in_trust', 'trust_offset_unconfirmed')
            then 'entry'
        else {{ code }}
    end
{%- endmacro %}
