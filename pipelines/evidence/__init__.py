"""What a night knew besides the two systems: settings, decisions, statements, and how each list was read."""
