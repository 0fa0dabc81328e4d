"""Three nights of one firm: what was edited, deleted, voided, renumbered, fixed or broken again is seen.

Night 1 finds one missing bill. Then much happens, to a bill each, well outside the grace; night 2 reads what changed.
The missing bill is fixed as well; before night 3 it breaks again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.engine import time
from tests.flow.world import World


@dataclass
class Story:
    """What the nights left behind."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    exceptions: list[dict[str, tuple[Any, ...]]] = field(default_factory=list)

    def run(self, full: bool = False) -> None:
        """One night, and what it says of each code."""
        self.world.sandbox.forget_calls()
        self.verdicts.append(self.world.night(full=full).verdict)
        rows = self.world.published(
            "select code || ' ' || subject_key, exception_id, first_seen_at, nights_seen"
            " from recon.exceptions order by 1"
        )
        self.exceptions.append({row[0]: row[1:] for row in rows})
        for system in ("clio", "xero"):
            self.calls[system] = len([call for call in self.world.sandbox.calls if call.system == system])

    def key(self, name: str) -> str:
        return f"clio:{self.ids[name]}"


def change_the_books(world: World) -> dict[str, str]:
    """What happens between night 1 and night 2, ten days ago by its stamps; the ids of the bills concerned."""
    books = world.books
    books.at(books.now - timedelta(days=10))
    bills = books.clio.tables["bills"]
    edited, paid, _, draft, old, missing = (bills[number] for number in sorted(bills))
    books.remove_line(edited, 1)
    [payment] = books.clio.tables["allocations"].values()
    books.void_payment(payment)
    books.void(old)
    books.xero.renumber_invoice(books.invoice_of[old["id"]], f"{old['number']}-VOID")
    client = books.clio.tables["contacts"][old["client"]["id"]]
    new = books.bill(client, [time("Letter to bank", "0.40", "300.00")], issued=books.today, number=old["number"])
    books.delete_draft(draft, vanish=True, in_xero=False)
    books.push(missing)
    named = {"edited": edited, "paid": paid, "draft": draft, "old": old, "missing": missing, "new": new}
    books.at(datetime.now(UTC))
    return {name: str(bill["id"]) for name, bill in named.items()}


@pytest.fixture(scope="module")
def story(world: World) -> Iterator[Story]:
    story = Story(world)
    story.run()
    story.ids = change_the_books(world)
    story.run()
    books = world.books
    books.at(books.now - timedelta(days=5))
    books.void(books.clio.tables["bills"][int(story.ids["missing"])], in_clio=False)
    books.at(datetime.now(UTC))
    story.run(full=True)
    yield story


def test_the_missing_bill_is_found_then_fixed_then_void(story: Story) -> None:
    assert story.verdicts[0] == "exceptions"
    assert [list(night) for night in story.exceptions[::2]] == [
        [f"missing_in_xero {story.key('missing')}"],
        [
            f"amounts_differ {story.key('edited')}",
            f"void_in_xero_live_in_clio {story.key('missing')}",
        ],
    ]
    assert list(story.exceptions[1]) == [f"amounts_differ {story.key('edited')}"]


def test_a_finding_keeps_its_id_and_first_day_and_counts_its_nights(story: Story) -> None:
    key = f"amounts_differ {story.key('edited')}"
    before, after = story.exceptions[1][key], story.exceptions[2][key]
    assert before[:2] == after[:2]
    assert (before[2], after[2]) == (1, 2)


def test_a_fixed_finding_is_closed_and_stays_in_the_history_over_a_rebuild(story: Story) -> None:
    history = story.world.published(
        "select code, closed_at is null, nights_seen from recon.exception_history order by code"
    )
    assert history == [
        ("amounts_differ", True, 2),
        ("missing_in_xero", False, 1),
        ("void_in_xero_live_in_clio", True, 1),
    ]


def test_a_line_that_was_taken_off_a_bill_is_gone_here_too(story: Story) -> None:
    sql = f"select count(*) from clio.line_items where bill_id = '{story.ids['edited']}'"
    assert story.world.published(sql) == [(1,)]


def test_a_vanished_draft_is_kept_and_says_since_when(story: Story) -> None:
    sql = f"select vanished_at is not null from clio.bills where id = '{story.ids['draft']}'"
    assert story.world.published(sql) == [(True,)]


def test_a_payment_taken_back_on_both_sides_opens_both(story: Story) -> None:
    row = story.world.published(
        "select clio_ar_amount, xero_ar_amount, ar_difference_amount from recon.matched_bills"
        f" where clio_bill_id = '{story.ids['paid']}'"
    )
    assert [tuple(str(value) for value in values) for values in row] == [("1020.00", "1020.00", "0.00")]


def test_a_number_used_again_pairs_living_with_living_and_dead_with_dead(story: Story) -> None:
    pairs = dict(
        story.world.published("select clio_bill_id, xero_status from recon.matched_bills where pairing = 'paired'")
    )
    assert (pairs[story.ids["old"]], pairs[story.ids["new"]]) == ("VOIDED", "AUTHORISED")


def test_each_night_left_its_statement_and_its_file(story: Story) -> None:
    statements = story.world.published("select run_id, verdict from recon.run_statements order by started_at")
    assert [verdict for _, verdict in statements] == story.verdicts
    kept = {path.stem for path in (story.world.firm.folder / "nights").glob("*.duckdb")}
    assert kept == {run_id for run_id, _ in statements[:-1]}


def test_a_night_takes_the_room_of_the_one_before(story: Story) -> None:
    """The file does not hold what is built anew twice."""
    first = min((story.world.firm.folder / "nights").glob("*.duckdb"))
    assert story.world.firm.warehouse.stat().st_size < 1.4 * first.stat().st_size


def test_the_night_counts_its_own_calls(story: Story) -> None:
    [counted] = story.world.published(
        "select api_calls_clio, api_calls_xero from recon.run_statements order by started_at desc limit 1"
    )
    served = [call for call in story.world.sandbox.calls if "token" not in call.path]
    assert counted == tuple(sum(call.system == system for call in served) for system in ("clio", "xero"))


def test_files_are_readable_by_their_owner_alone(story: Story) -> None:
    folder = story.world.firm.folder
    assert [path for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077] == []
