"""Why a load stops: two families, because a bookkeeper can do two things about it.

``TryAgain``  the other side was not well tonight; the same command may work in an hour.
``GiveUp``    nothing changes until a person does something. ``UsageError`` is the part of it that is wrong before a
              single document was fetched (settings, credentials, file formats): exit status 2, where all else is 3.

A message says what was expected, what was found, where, and what to do. It names records by list, id and field; it
never quotes secrets, names, narratives or amounts, because messages travel to logs, mail and chat.
"""

from __future__ import annotations


class TieoutError(Exception):
    """Anything this program refuses to go on with."""


class TryAgain(TieoutError):
    """Passing trouble: an outage, a limit, a list that moved while it was read."""


class GiveUp(TieoutError):
    """Lasting trouble: a person has to change something first."""


class UsageError(GiveUp):
    """Wrong settings, credentials, files or arguments, found before any document was fetched."""


class Refused(GiveUp):
    """The other side understood and said no (403): a right or a scope is missing."""


class NotFound(GiveUp):
    """The other side knows no such address or record (404)."""


class BadRecord(GiveUp):
    """A record that cannot be read exactly. Named by list, id and field, never by its content."""

    def __init__(self, list_name: str, record_id: object, field: str, expected: str, found: str) -> None:
        super().__init__(
            f"{list_name} {record_id}: field {field} should be {expected}, found {found}. Nothing was published. "
            "Look the record up by its id and correct it there, or report the format to the maintainers."
        )
