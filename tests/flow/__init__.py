"""Whole nights over HTTP: the flow against the sandbox, on good and bad days."""
