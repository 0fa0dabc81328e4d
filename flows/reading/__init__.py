"""Reading a published night: its rows, its words, and what of it a person asked for."""
