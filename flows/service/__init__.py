"""Nights by themselves: what Prefect is told, when a night is tried again, and who watches over it all."""
