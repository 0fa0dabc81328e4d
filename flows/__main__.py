"""`python -m flows` is the command `tieout`."""

from flows.cli import main

main()
