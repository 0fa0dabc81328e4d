"""Xero as its API shows it: lists, reports, filters, shapes and consent."""
