-- One payment against several near it that add up: a fee and what is left at the bank, the parts of a day, then of
-- three days (pipelines/instalments.py).
{{ payments_in_parts(
    ['int_payments_of_one_parent', 'int_payments_equal_on_one_day', 'int_payments_equal_within_days'], near='true'
) }}
