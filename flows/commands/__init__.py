"""The command line: what a person types, and how anything that goes wrong is said."""
