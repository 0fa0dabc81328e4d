"""Xero: its lists (`lists`), how each is walked (`paging`), whose organisation it is (`tenant`), what a night reads of
it (`night`), and all of it as a dlt source (`source`), which also runs by itself.
"""
