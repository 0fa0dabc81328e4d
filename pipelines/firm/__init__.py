"""What a firm is on this machine: its settings, secrets, decisions, and files, each written whole or not at all."""
