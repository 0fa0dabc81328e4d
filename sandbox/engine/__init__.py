"""One engine of business events that writes the books twice.

`Firm` is one law firm. Its methods are what happens there: a bill is drafted, pushed to Xero, edited, approved,
paid from trust, voided. Every event writes Clio's books (`firm.clio`) and, where it arrives, Xero's (`firm.xero`);
flags say where it does not. Faults are therefore never invented afterwards: they are events that reached one
side only.
"""

from sandbox.engine.firm import Firm
from sandbox.engine.lines import Line, expense, time

__all__ = ["Firm", "Line", "expense", "time"]
