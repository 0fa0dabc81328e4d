-- The sums that hold, best first, no payment in two of them; one row per payment in a sum.
{{ choose_best_sets(ref('int_payment_sums'), ['firm_id', 'bill_id', 'kind']) }}
