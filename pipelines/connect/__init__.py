"""Connecting a firm to its systems, and trying what is connected."""
