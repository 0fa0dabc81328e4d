-- One payment against several of one day further off, when all that is equal has been settled.
{{ payments_in_parts(
    [
        'int_payments_of_one_parent', 'int_payments_equal_on_one_day', 'int_payments_equal_within_days',
        'int_payments_in_parts', 'int_payments_equal_on_any_day',
    ],
    near='false'
) }}
