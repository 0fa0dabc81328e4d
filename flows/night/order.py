"""What a night is asked to do, and its steps: all that who orders a night has to know of it, and light to import."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

STEPS = ("load", "build", "publish")


@dataclass(frozen=True)
class Order:
    """What one night is asked to do: whose, by which configuration, how, and as of which past day if not today.
    `accept_shrunk` names the lists of which a person says that they lost records."""

    firm_id: str
    config: str
    full: bool = False
    as_of: date | None = None
    accept_shrunk: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a pipe."""
        return {**asdict(self), "as_of": self.as_of.isoformat() if self.as_of else None}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Order":
        """What `as_json` made."""
        as_of = date.fromisoformat(raw["as_of"]) if raw["as_of"] else None
        return cls(**{**raw, "as_of": as_of, "accept_shrunk": tuple(raw["accept_shrunk"])})
