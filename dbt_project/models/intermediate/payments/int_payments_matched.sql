{{ choose_best_pairs(
    ref('int_payment_candidates'), ['firm_id', 'bill_id', 'kind'], 'clio_entry_id', 'xero_entry_id'
) }}
