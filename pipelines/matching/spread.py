"""Money that is held, spread over those who ask for it, the first of them first.

What a matter holds in trust can pay several bills, and a bill of several matters can be paid from each of them. No cent
is named twice: a bill takes what is left in the matters it has, from those first that the fewest later bills ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def spread(asked: Sequence[int], sources: Sequence[Sequence[str]], held: dict[str, int]) -> list[int]:
    """What each asks for and gets, in cents: `asked` in the order in which they are served, the names of the `sources`
    of each, and what each source holds."""
    left = dict(held)
    still_asking = Counter(source for of_one in sources for source in of_one)
    given = []
    for amount, of_one in zip(asked, sources, strict=True):
        still_asking.subtract(of_one)
        wanted = amount
        for source in sorted(of_one, key=lambda source: (still_asking[source], source)):
            taken = min(wanted, left.get(source, 0))
            left[source] = left.get(source, 0) - taken
            wanted -= taken
        given.append(amount - wanted)
    return given
