{{ choose_best_pairs(ref('int_misplaced_candidates'), ['firm_id', 'client_id'], 'clio_set_key', 'xero_set_key') }}
