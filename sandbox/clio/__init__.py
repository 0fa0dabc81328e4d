"""Clio as its API shows it: fields, lists, filters, pages and consent."""
