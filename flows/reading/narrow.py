"""Which rows of the worklist a person asked for: of this client, this matter, this attorney, of these words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from flows.reading.words import FINDINGS, SEVERITIES, STATUSES
from pipelines.errors import UsageError

# A client and an attorney by any part of the name; a matter by its whole number, one of several included.
CONDITIONS = {
    "client": "contains(lower(client_name), lower(?))",
    "attorney": "contains(lower(responsible_attorney), lower(?))",
    "matter": "list_contains(string_split(lower(matter_number), ', ') || [lower(matter_number)], lower(?))",
}


def _require_known(option: str, word: str, known: Collection[str]) -> None:
    if word in known:
        return
    near = get_close_matches(word, known, 3) or sorted(known)[:5]
    raise UsageError(f"A known word was expected after {option}; found {word}. Did you mean {', '.join(near)}?")


@dataclass(frozen=True)
class Narrowed:
    """What is asked for; what is None or empty narrows nothing. Raises UsageError for a word that nobody defined."""

    client: str | None = None
    matter: str | None = None
    attorney: str | None = None
    codes: Sequence[str] = ()
    severities: Sequence[str] = ()
    statuses: Sequence[str] = field(default=("open",))

    def __post_init__(self) -> None:
        """Refuse what could never match: an empty answer would read as nothing wrong."""
        for option, asked, known in (
            ("--code", self.codes, FINDINGS),
            ("--severity", self.severities, SEVERITIES),
            ("--status", self.statuses, STATUSES),
        ):
            for word in asked:
                _require_known(option, word, known)
        for option, text in (("--client", self.client), ("--matter", self.matter), ("--attorney", self.attorney)):
            if text is not None and not text.strip():
                raise UsageError(f"A name or number was expected after {option}; found nothing.")

    @property
    def is_whole(self) -> bool:
        """Whether nothing was asked for but what is open."""
        return self == WHOLE

    def condition(self) -> tuple[str, list[str]]:
        """A condition in SQL over the columns of `recon.exceptions`, and its values."""
        parts, values = [], []
        for name, condition in CONDITIONS.items():
            if asked := getattr(self, name):
                parts.append(condition)
                values.append(asked.strip())
        for column, words in (("code", self.codes), ("severity", self.severities), ("status", self.statuses)):
            if words:
                parts.append(f"{column} in ({', '.join('?' for _ in words)})")
                values += words
        return " and ".join(parts) or "true", values


WHOLE = Narrowed()
EVERY_STATUS = Narrowed(statuses=tuple(STATUSES))
