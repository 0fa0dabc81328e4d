"""Nights that go wrong: odd replies, torn files, kills, lost connections."""
