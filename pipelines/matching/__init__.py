"""Choosing: lists in, choices out. Called from the models that judge, so each is a function of its arguments alone."""
