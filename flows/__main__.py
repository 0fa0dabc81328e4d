"""`python -m flows` is the command `tieout`."""

from flows.command import main

main()
