"""One night of one firm: ordered, run in a process of its own, judged, and noted in the journal."""
