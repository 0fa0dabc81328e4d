-- The sums that hold, best first, no line in two of them; one row per line in a sum.
{{ choose_best_sets(ref('int_line_sums'), ['firm_id', 'bill_id']) }}
