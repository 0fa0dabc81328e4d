"""The firm: all events together."""

from sandbox.engine.trust import Trust


class Firm(Trust):
    """One law firm with its Clio account and its Xero organisation."""
