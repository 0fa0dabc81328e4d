"""What Clio says changed since the last reading, and whether that is believed tonight.

A list that costs no more calls whole than its changes do is read whole. The changes of the others are believed while
nothing speaks against them: the records we hold that changed last are among them (we ask from before that), the highest
id of each list that can be ordered is one we know, and no unfinished bill has a stamp that its changes did not name.
Once one change was hidden, all lists are swept.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from pipelines.api.once import Keeps, once
from pipelines.clio.asking import IDS_PER_CALL, Asking
from pipelines.clio.lists import LISTS, ClioList, Reading
from pipelines.tables.columns import Record
from pipelines.tables.found import Found
from pipelines.tables.sql import read_sql

SNAPSHOT_PAGES = 5
CALLS_FOR_CHANGES = 2  # changed since, and the highest id
STAMPED = tuple(one for one in LISTS if one.reading.has_stamps)
_sql = partial(read_sql, __package__)


class Changes(Keeps):
    """The changes of one firm's lists."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        self._held = asking.held

    def changed(self, one: ClioList) -> Found:
        """The list's changes since its last reading; all of it when that is no dearer, or the changes are not
        believed."""
        if not self.are_asked_for(one):
            return self._asking.whole(one)
        if why := self._disbelieved().get(one.name):
            found = self._asking.swept(one)
            self._asking.result(one).proof += f"; swept, as {why}"
            return found
        return self.said(one)

    def are_asked_for(self, one: ClioList) -> bool:
        """Whether this list is large enough to be asked for its changes."""
        return not self._asking.full and not self._is_whole_each_night(one) and self._since(one) is not None

    @once
    def _is_whole_each_night(self, one: ClioList) -> bool:
        """Whether all of a list is read: because that costs no more calls than what changed in it, or for the sake of
        the money on each matter and contact."""
        pages = -(-self._held.count(one.main) // one.limit)
        if one.reading is Reading.MONEY:
            return pages <= max(1, SNAPSHOT_PAGES)
        if not one.unfinished:
            return pages <= 1
        states = self._held.rows(_sql("unfinished_by_state"), self._asking.firm_id, list(one.unfinished))
        unfinished: int = len(one.unfinished) - len(states) + sum(-(-count // one.limit) for (count,) in states)
        return pages <= CALLS_FOR_CHANGES + unfinished

    @once
    def _since(self, one: ClioList) -> datetime | None:
        return self._held.since("clio", one.main)

    @once
    def said(self, one: ClioList) -> Found:
        """What Clio says changed. The void and the voided are asked for apart unless a plain list is known to hold
        them."""
        since = self._since(one)
        assert since is not None
        result = self._asking.result(one)
        result.mode, result.asked_since = "incremental", since
        stamp = {"updated_since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}
        further = () if self._held.shows_deleted("clio", one.main) else one.also
        return self._asking.found(one).joined(*(self._asking.ask(one, {**stamp, **more}) for more in ({}, *further)))

    @once
    def unfinished(self, one: ClioList) -> Found:
        """Every record that may still change without a stamp, as it is now."""
        return self._asking.found(one).joined(*(self._asking.ask(one, {"state": state}) for state in one.unfinished))

    def fresh(self, one: ClioList, said: Found) -> list[Record]:
        """Those of these records that are not just as we hold them, or changed so shortly before the last reading that
        something else may have come to light since."""
        every_column = tuple(column.name for column in one.main.columns)
        return [said[number] for number in self.not_as_held(one, said, every_column)]

    def not_as_held(self, one: ClioList, said: Found, compared: tuple[str, ...]) -> set[str]:
        """The ids of these records, where only the columns compared decide."""
        ours, theirs = (", ".join(f"{alias}.{name}" for name in compared) for alias in ("h", "t"))
        sql = _sql("rows_not_as_held").format(held=one.main.qualified, ours=ours, theirs=theirs)
        recent = self._held.recent("clio", one.main)
        rows = self._held.rows(sql, self._asking.firm_id, recent, tonight=said.rows(one.main))
        return {row[0] for row in rows}

    # Whether they are believed

    @once
    def _disbelieved(self) -> dict[str, str]:
        """Lists whose "changed since" is not believed tonight, and why: all of them, once one is caught leaving out a
        change. Looked at are the changes we hold ourselves that it has to name, the highest id of each list that can be
        ordered, and the stamp of each unfinished record."""
        stamped = {one: self.said(one).keys() for one in STAMPED if self.are_asked_for(one)}
        found: dict[str, str] = {}
        for one, said in stamped.items():
            hidden = self._hidden_of_those_held(one)
            if hidden is None and one.ordered:
                held = self._asking.held_ids(one)
                highest = self._asking.highest_id(one)
                if highest is not None and highest not in said and highest not in held:
                    hidden = highest
                elif highest is None or int(highest) < max(map(int, filter(str.isdecimal, held | said)), default=0):
                    found[one.name] = "its newest record is not shown any more"
            if hidden is not None:
                return dict.fromkeys((every.name for every in stamped), f"{one.name} hid {hidden} from its changes")
        for one in stamped:
            if one.unfinished and (hidden := self._hidden_unfinished(one)):
                return dict.fromkeys((every.name for every in stamped), f"{one.name} hid {hidden} from its changes")
        return found

    def _hidden_of_those_held(self, one: ClioList) -> str | None:
        """A record that we hold with a stamp after we asked from, that was not named, and that is still there."""
        late = f"updated_at > ? and {one.main.is_there}"
        unnamed = self._held.ids(one.main, late, self._since(one)) - self.said(one).keys()
        sample = set(sorted(unnamed)[: IDS_PER_CALL - 1])
        again, gone = self._asking.reread(one, sample)
        self._asking.result(one).gone |= gone
        return next(iter((*again, *sorted(unnamed - sample))), None)

    def _hidden_unfinished(self, one: ClioList) -> str | None:
        """An unfinished record whose own stamp says that it changed after we asked from, and that was not named."""
        since, said = self._since(one), self.said(one)
        assert since is not None
        tonight = self.unfinished(one).rows(one.main).select(["id", "updated_at"]).to_pylist()
        began = self._asking.result(one).started_at
        return next(
            (
                row["id"]
                for row in tonight
                if row["id"] not in said and row["updated_at"] and since < row["updated_at"] < began
            ),
            None,
        )
