"""Named firms in which certain things went wrong, with the exact rows they must produce.

One module or several per section of the rules. Each rule has a firm where it plainly applies, one just inside and one
just outside; each trap has a firm that must stay silent. All firms use the same Clio ids and bill numbers.

    stage = SCENARIOS["missing-plain"].stage(now)     # stage.firm, stage.expected, stage.later
"""

import sandbox.scenarios.bridge
import sandbox.scenarios.causes
import sandbox.scenarios.content
import sandbox.scenarios.documents
import sandbox.scenarios.lines
import sandbox.scenarios.matching
import sandbox.scenarios.news
import sandbox.scenarios.nights
import sandbox.scenarios.partners
import sandbox.scenarios.payments
import sandbox.scenarios.people
import sandbox.scenarios.receipts
import sandbox.scenarios.receivables
import sandbox.scenarios.shapes
import sandbox.scenarios.shapes_more
import sandbox.scenarios.trust
import sandbox.scenarios.trust_figures
import sandbox.scenarios.trust_more
import sandbox.scenarios.trust_partners
import sandbox.scenarios.words  # noqa: F401
from sandbox.scenarios.registry import SCENARIOS, Expected, Scenario
from sandbox.scenarios.stage import Stage

__all__ = ["SCENARIOS", "Expected", "Scenario", "Stage"]
