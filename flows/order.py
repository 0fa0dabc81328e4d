"""What a night is asked to do, and its steps: all that who orders a night has to know of it, and light to import."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

STEPS = ("load", "build", "publish")


@dataclass(frozen=True)
class Order:
    """What one night is asked to do: whose, by which configuration, how, and as of which past day if not today."""

    firm_id: str
    config: str
    full: bool = False
    as_of: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a pipe."""
        return {**asdict(self), "as_of": self.as_of.isoformat() if self.as_of else None}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Order":
        """What `as_json` made."""
        return cls(**{**raw, "as_of": date.fromisoformat(raw["as_of"]) if raw["as_of"] else None})
