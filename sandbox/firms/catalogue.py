"""Finding a firm to serve by its name: the demo firm, or any scenario."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.shared.served import ServedFirm

DEMO_KEY = "demo-firm"


def names() -> list[str]:
    """What `--firm` takes."""
    from sandbox.scenarios import SCENARIOS

    return ["demo", *SCENARIOS]


def story_of(name: str) -> str:
    """What a firm is about, in a sentence."""
    from sandbox.scenarios import SCENARIOS

    return SCENARIOS[name].story if name in SCENARIOS else "A believable law firm of fourteen months."


def firm_named(name: str, now: datetime | None = None) -> tuple[str, ServedFirm]:
    """The firm and its key in tieout.toml."""
    moment = now or datetime.now(UTC)
    if name == "demo":
        from sandbox.firms import demo as demo_firm

        return DEMO_KEY, demo_firm.build(moment)
    from sandbox.scenarios import SCENARIOS

    if name not in SCENARIOS:
        raise KeyError(name)
    return name, SCENARIOS[name].build(moment)
