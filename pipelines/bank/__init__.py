"""The bank's own statements, in whatever file they came, and where they are kept."""
