"""Clio: its lists (`lists`), how each is walked (`paging`), what is read of it
in a night (`night`), and all of it as a dlt source (`source`), which also runs by itself.
"""
