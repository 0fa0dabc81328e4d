{{ choose_best_pairs(ref('int_line_candidates'), ['firm_id', 'bill_id'], 'clio_line_key', 'xero_line_key') }}
