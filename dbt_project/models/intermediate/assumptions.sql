-- Everything the product believes about the two systems without their makers having said so, and whether tonight's
-- data bears it out.
with

believed (assumption, sentence) as (

    values
    ('lines_add_up_to_bill', 'The lines of a bill add up to it, with or without their taxes.'),
    ('payments_add_up_to_paid', 'The payments applied to a bill add up to what it says was paid.'),
    ('credits_add_up_to_credits_issued', 'The credits applied to a bill add up to what it says was credited.'),
    ('balance_is_due_less_paid_less_credits', 'The balance of a bill is its due minus paid minus credits issued.'),
    ('bank_transactions_add_up_to_account', 'The entries of a Clio bank account add up to its balance.'),
    ('trust_entries_add_up_to_pockets', 'The entries of a matter''s trust money add up to what Clio says it holds.'),
    ('lines_add_up_to_invoice', 'The lines of an invoice add up to it.'),
    ('due_is_total_less_paid_less_credited', 'What is due on an invoice is its total minus paid minus credited.'),
    ('journal_lines_add_up_to_zero', 'The lines of a posted manual journal, their taxes included, add up to zero.'),
    ('prepayments_stand_in_receivables', 'Prepayments with credit remaining stand in Xero''s receivables account.'),
    ('every_field_can_be_read', 'Each field of a record can be read; if not it is left empty, an endless text cut.'),
    ('lists_are_as_long_as_stated', 'A list read in full has as many rows as the system says it has.')

)

select
    tonight.firm_id,
    believed.assumption,
    believed.sentence,
    cast(count(breaks.subject_key) as integer) as broken_count,
    min(breaks.subject_key) as example_key
from {{ ref('int_tonight') }} as tonight
cross join believed
left join {{ ref('int_assumption_breaks') }} as breaks
    on tonight.firm_id = breaks.firm_id and believed.assumption = breaks.assumption
group by tonight.firm_id, believed.assumption, believed.sentence
