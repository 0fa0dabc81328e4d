"""Firms that are made up: the demo firm, the benchmarks' firms, how they live and what goes wrong in them."""
