"""Benchmarks, not tests: `make bench` and its like."""
