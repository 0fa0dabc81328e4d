"""The desk: the pages a bookkeeper works from, in the browser on this machine.

`tieout desk` serves them, and `tieout serve` beside the nights. Each page is made here, on this side, from the
published warehouse, read only and through the one door to it; nothing is fetched from elsewhere, and reading and
deciding work without any script. A subject of the books is a module with its page and the queries of that page:

- `practice`: all firms, worst first;       `firm`: one firm's receivables and client money;
- `worklist`: what to do, in which order;   `item`: one finding, with its bill and invoice side by side;
- `history`: it, night by night;            `changes`: what moved between two nights;
- `trust`: one trust account;               `statements`: the bank's, as imported;
- `decided`: what people said of it;         `deciding`: the forms, which write by the code of the commands.

Around them: `server` (where it listens, and the key), `signing_in` (who may look), `guard` (what a browser may ask,
and what it is told to refuse), `app` (which address is which page), `books` (a published warehouse, opened for a page),
`look` (how a value becomes text on a page), `charts` (the pictures).
"""
