"""The demo firm: a believable law firm of fourteen months, with everything the product is for planted in it.

firm = build(now)         # about 60 clients, 90 matters, 400 bills, 3,000 lines
rows = planted(firm)      # what the worklist must hold, and nothing else
"""

from datetime import datetime

from sandbox.engine import Firm
from sandbox.firms.demo_faults import FAULTS
from sandbox.firms.life import Builder, DemoFirm
from sandbox.scenarios.registry import Expected


def build(now: datetime, seed: int = 20260) -> Firm:
    """The demo firm as it stands at `now`."""
    return Builder(now, seed, FAULTS).run()


def planted(firm: Firm) -> list[Expected]:
    """Every row that the demo firm must produce, of all sections of the rules."""
    if not isinstance(firm, DemoFirm):
        raise TypeError(f"{firm.name} is not the demo firm")
    return list(firm.planted_rows)
