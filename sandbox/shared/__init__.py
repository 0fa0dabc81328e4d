"""What both emulators keep: the firms served, their snapshots, limits, tokens, and faults that can be switched on."""
