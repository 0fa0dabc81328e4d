"""Two sets of books about one law firm: what Clio would say, and what Xero would say.

Each holds plain records in its API's shape and works its own figures out by its own arithmetic. Neither
reads the other; only the engine knows that a bill and an invoice are the same document.
"""

from sandbox.books.clio import ClioBooks
from sandbox.books.common import BookError, Record
from sandbox.books.xero import XeroBooks

__all__ = ["BookError", "ClioBooks", "Record", "XeroBooks"]
