"""What a scenario is: a small firm in which certain things went wrong, and the rows that must say so.

The expectations are the second reading of the rules. They are reasoned out by hand, beside each story, and
never computed by the product.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from sandbox.engine import Firm
from sandbox.scenarios.expected import SECTION_OF, SEVERITIES, Expected, naming_each_other, row
from sandbox.scenarios.stage import Stage

__all__ = ["SCENARIOS", "SECTION_OF", "SEVERITIES", "Expected", "Scenario", "naming_each_other", "row", "scenario"]

Story = Callable[[Stage], list[Expected]]


@dataclass(frozen=True)
class Scenario:
    """A named firm and what must be said about it; `section` is the part of the rules that it puts to the test."""

    name: str
    section: str
    story: str
    tell: Story = field(repr=False)
    out_of_scope: bool = False

    def stage(self, now: datetime) -> Stage:
        """The firm as it stands at `now`, with the rows expected tonight and perhaps a second night."""
        stage = Stage(self.name, now)
        stage.expected = list(self.tell(stage))
        stage.firm.at(now)
        return stage

    def build(self, now: datetime) -> Firm:
        """The firm alone."""
        return self.stage(now).firm

    @cached_property
    def expected(self) -> list[Expected]:
        """The rows of the first night; they do not depend on the day."""
        return self.stage(datetime(2026, 6, 17, 12, tzinfo=UTC)).expected


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str, section: str, story: str, out_of_scope: bool = False) -> Callable[[Story], Story]:
    """Register a story under a name that can serve as the firm's key.

    `out_of_scope`: some of its documents take no part, so the rows alone do not close the bridge.
    """

    def register(tell: Story) -> Story:
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are called {name}")
        SCENARIOS[name] = Scenario(name, section, story, tell, out_of_scope)
        return tell

    return register
