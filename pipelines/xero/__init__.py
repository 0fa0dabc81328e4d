"""Xero: its lists (`lists`), how each is walked (`paging`) and what is read of it in a night (`night`)."""
