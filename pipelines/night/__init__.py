"""The night around the load: the file it works on, and what it does not believe."""
