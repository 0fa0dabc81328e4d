-- Matters or contacts that hold money; filled in are the table of their balances and its key. Parameter: the firm.
select {key} from {balances} where firm_id = ? and balance <> 0
