"""The emulators as servers: their addresses, what goes wrong on the way, and what a client must know of them."""
