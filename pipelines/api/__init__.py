"""Speaking to a system over HTTP: bounded calls, tokens, pages, and how a list was proven."""
