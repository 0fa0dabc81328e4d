"""The messages. They travel through chat and mail, so they hold codes, numbers of documents and money; a client's name
only where the firm asked for it, and narratives never: for those there is the worklist."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flows.alerts import books
from flows.alerts.books import Books, Changes
from flows.alerts.letter import Item, Letter, Section, as_html
from flows.alerts.outbox import Note
from flows.alerts.told import Finding, Told
from flows.escape import SENTENCE, for_chat, web_address
from flows.night.journal import Attempt
from flows.night.verdict import NightResult
from flows.reading.words import ALARMING, FINDINGS
from pipelines.connect.connection import LOST, Connection
from pipelines.firm.settings import Firm

MOST_LINES = 10
Found = Sequence[Finding] | Sequence[tuple[Finding, Finding]]
Part = tuple[str, Found]

# What each tie-out test of dbt asks, as the thing that is out of balance when it fails.
TIE_OUTS = {
    "tie_contents_agree": "contents of bills",
    "tie_control_totals_agree": "control totals",
    "tie_every_approved_bill_is_live_in_xero": "approved bills not live in Xero",
    "tie_every_live_invoice_has_its_bill": "invoices without a bill",
    "tie_every_trust_entry_is_in_both_systems": "trust entries in one system only",
    "tie_no_client_ledger_was_below_zero": "a client's trust money below zero",
    "tie_payments_agree": "payments and credits",
    "tie_receivables_agree": "receivables",
    "tie_trust_figures_agree": "trust account figures",
}


def changed(firm: Firm, result: NightResult, tonight: Books, changes: Changes, *, is_first: bool, desk: str) -> Note:
    """What is new, fixed and still open, and how old: in the order of work, with the money and where to look. `desk` is
    the address of the desk on the machine of the nights."""
    counted: dict[str, Sequence[object]] = {
        "new": changes.new,
        "back": changes.reopened,
        "changed": changes.changed,
        "fixed": changes.fixed,
        "vanished": changes.vanished,
        "replaced": changes.replaced,
        "accepted": changes.accepted,
    }
    still = [one for one in tonight.findings.values() if one.status == "open"]
    news = [f"{len(found)} {word}" for word, found in counted.items() if found]
    title = f"{firm.name}: first night" if is_first else f"{firm.name}: {', '.join(news) or 'tie-outs changed'}"
    heading = "Vanished with what they were about, which nobody knows to be fixed"
    parts: list[Part] = [
        ("Open" if is_first else "New", changes.new),
        ("Back again", changes.reopened),
        ("Changed", changes.changed),
        ("Fixed", changes.fixed),
        (heading, changes.vanished),
        ("Replaced: the same document, another finding", changes.replaced),
        ("Accepted", changes.accepted),
    ]
    parts = [(heading, found) for heading, found in parts if found]
    standing = _standing(result, tonight)
    closing = _still_open(still, tonight, is_all_well=_is_all_well(result, tonight, changes))
    worklist = f"{desk}/firms/{quote(firm.id)}/worklist"
    where = [f"Look: {worklist}", f"In a terminal: tieout worklist {firm.id}, tieout explain {firm.id} NUMBER"]
    lines = [*standing, "", *(line for part in parts for line in _section(firm, *part)), *closing, "", *where]
    subject = f"{title}; {len(still)} open"
    here = set(tonight.findings)
    sections = [_letter_section(firm, desk, here, *part) for part in parts]
    return Note(
        name=f"{result.run_id}-books",
        title=subject,
        body="\n".join(lines),
        html=as_html(Letter(for_chat(subject, SENTENCE), ("Open the worklist", worklist), standing, sections, closing)),
        has_workbook=firm.attach_workbook,
    )


def _standing(result: NightResult, tonight: Books) -> list[str]:
    """Verdict, receivables, client money, and the tie-outs that found something."""
    figures = result.statement or {}
    clio, xero = figures["clio_receivables_amount"], figures["xero_receivables_amount"]
    lines = [
        f"Verdict of {tonight.as_of_date}: {result.verdict}",
        f"Receivables: Clio {clio:,.2f}, Xero {xero:,.2f}, Xero minus Clio {xero - clio:,.2f}",
    ]
    lines += [f"Client money, {for_chat(name)}: {verdict.replace('_', ' ')}" for name, verdict in tonight.trust]
    if result.tie_outs_failed:
        lines.append(f"Out of balance: {', '.join(TIE_OUTS[name] for name in result.tie_outs_failed)}")
    if not_proven := figures.get("not_proven"):
        lines.append(f"Not proven: {for_chat(not_proven, SENTENCE)}")
    return lines


def _is_all_well(result: NightResult, tonight: Books, changes: Changes) -> bool:
    return not (changes.vanished or tonight.in_flight or (result.statement or {}).get("not_proven"))


def _now_and_before(found: Found) -> list[tuple[Finding, Finding | None]]:
    """Each finding as it is now, and as it was told before where it has changed."""
    return [(one[1], one[0]) if isinstance(one, tuple) else (one, None) for one in found]


def _heading(heading: str, pairs: list[tuple[Finding, Finding | None]]) -> str:
    money = "" if pairs[0][1] else f", {books.total([now for now, _ in pairs]):,.2f}"
    return f"{heading} ({len(pairs)}{money})"


def _section(firm: Firm, heading: str, found: Found) -> list[str]:
    pairs = _now_and_before(found)
    lines = [f"{_heading(heading, pairs)}:"]
    for now, before in pairs[:MOST_LINES]:
        was = f" (was {before.severity}, {before.amount:,.2f})" if before else ""
        lines.append(f"{_line(firm, now)}{was}")
    return [*lines, *_rest([now for now, _ in pairs[MOST_LINES:]]), ""]


def _letter_section(firm: Firm, desk: str, here: set[str], heading: str, found: Found) -> Section:
    """The same for a mail: the finding in plain words, by client if names may be said, with its page and its records;
    of one that tonight's books no longer have, the page is its history."""
    pairs = _now_and_before(found)
    rest = _rest([now for now, _ in pairs[MOST_LINES:]])
    items = [_item(firm, now, before, _page(desk, firm, now, here)) for now, before in pairs[:MOST_LINES]]
    return Section(_heading(heading, pairs), items, rest[0].removeprefix("- ") if rest else "")


def _page(desk: str, firm: Firm, one: Finding, here: set[str]) -> str:
    page = f"{desk}/firms/{quote(firm.id)}/items/{quote(one.exception_id)}"
    return page if one.exception_id in here else f"{page}/history"


def _item(firm: Firm, one: Finding, before: Finding | None, page: str) -> Item:
    in_clio = None if one.url == one.xero_url else one.url
    found = (("Clio", web_address(in_clio)), ("Xero", web_address(one.xero_url)))
    return Item(
        one.severity,
        FINDINGS[one.code]["title"] if one.code in FINDINGS else for_chat(one.code),
        for_chat(one.number),
        f"{one.amount:,.2f}",
        page,
        tuple((system, address) for system, address in found if address),
        f"{before.severity}, {before.amount:,.2f}" if before else "",
        for_chat(one.client) if firm.name_clients and one.client else "",
    )


def _rest(unsaid: Sequence[Finding]) -> list[str]:
    """How many more, and how bad: the order of work goes by client, so the worst need not be among the first."""
    return [f"- and {len(unsaid)} more ({', '.join(_by_severity(unsaid))})"] if unsaid else []


def _by_severity(findings: Sequence[Finding]) -> list[str]:
    counted = ((sum(1 for one in findings if one.severity == severity), severity) for severity in ALARMING)
    return [f"{count} {severity}" for count, severity in counted if count]


def _line(firm: Firm, one: Finding) -> str:
    number = f" {for_chat(one.number)}" if one.number else ""
    client = f", {for_chat(one.client)}" if firm.name_clients and one.client else ""
    link = f" {address}" if (address := web_address(one.url)) else ""
    return f"- {one.severity}: {one.code}{number}{client}, {one.amount:,.2f}{link}"


def _still_open(still: Sequence[Finding], tonight: Books, *, is_all_well: bool) -> list[str]:
    """How much is open in all, and since when."""
    if not still and is_all_well:
        return ["Nothing is open any more."]
    if not still:
        return [f"Nothing is open tonight; {tonight.in_flight} in flight."]
    oldest = min(one.first_seen for one in still)
    lesser = f"; {tonight.lesser_open} of low severity" if tonight.lesser_open else ""
    return [
        f"Open in all: {len(still)} ({', '.join(_by_severity(still))}), {books.total(list(still)):,.2f}; "
        f"the oldest since {oldest}, {_counted((tonight.as_of_date - oldest).days, 'day')}{lesser}"
    ]


def incomplete(firm: Firm, result: NightResult, last_good: datetime | None, now: datetime) -> Note:
    """A night of ours that failed: nothing about the books, which were not judged."""
    good = f"of {_local(firm, last_good)}" if last_good else "none so far"
    lines = [
        "This is a fault of the run, not of the books: they were not judged, and nothing was published.",
        f"Last good night: {good}.",
        "",
        *(f"- {for_chat(reason, SENTENCE)}" for reason in result.reasons),
        "",
        f"Try it by hand: tieout check {firm.id}, then tieout run {firm.id}",
    ]
    name = f"{now:%Y%m%dT%H%M%SZ}-incomplete"
    return Note(name=name, title=f"Tieout, {firm.id}: the night is incomplete", body="\n".join(lines))


def recovered(firm: Firm, run_id: str | None) -> Note:
    """The first good night after one that failed."""
    return Note(
        name=f"{run_id}-recovered",
        title=f"Tieout, {firm.id}: the nights work again",
        body="Tonight's load was whole and the books were judged and published.",
    )


def noticed(firm: Firm, result: NightResult) -> Note:
    """A good night that found something of ours in disorder, and went on."""
    return Note(
        name=f"{result.run_id}-noticed",
        title=f"Tieout, {firm.id}: the night went on, and somebody should know how",
        body="\n".join(f"- {reason}" for reason in result.reasons),
    )


def missing(firm: Firm, due: datetime) -> Note:
    """A night that was due and of which nothing has come."""
    return Note(
        name=f"{due:%Y%m%dT%H%M%SZ}-missing",
        title=f"Tieout, {firm.id}: a night did not happen",
        body=f"A night was due at {_local(firm, due)}, and none has ended since. The books were not judged.\n"
        f"See: tieout status. By hand: tieout run {firm.id}",
    )


def ending(firm: Firm, connection: Connection, today: str) -> Note:
    """A connection that somebody must renew."""
    system = connection.system.capitalize()
    when = LOST.get(connection.state, f"ends on {connection.ends_on}")
    return Note(
        name=f"{today}-{connection.system}-connection",
        title=f"Tieout, {firm.id}: the connection to {system} {when}",
        body=f"No night can load {system} without it. Renew it: tieout connect {firm.id} {connection.system}",
    )


def alive(firm: Firm, attempts: Sequence[Attempt], told: Told, now: datetime) -> Note:
    """The weekly sign of life. Where no night was good it claims nothing of the books."""
    week = [attempt for attempt in attempts if attempt.started_at > now - timedelta(days=7)]
    good = [attempt for attempt in week if attempt.is_good]
    name, count = f"{now:%Y%m%d}-alive", f"{_counted(len(week), 'night')} in the last 7 days, {len(good)} good"
    if not good:
        title = f"{firm.name}: Tieout is alive, but no night was good"
        body = f"{count}: the books were not judged. The operator is told of each night that fails."
        return Note(name=name, title=title, body=body)
    quiet = f" Nothing new since {told.news_on}." if told.news_on else ""
    unproven = f" Not proven: {for_chat(told.not_proven, SENTENCE)}." if told.not_proven else ""
    body = f"{count}, the last one {good[-1].verdict}.{quiet}{unproven}"
    return Note(name=name, title=f"{firm.name}: Tieout is alive", body=body)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _local(firm: Firm, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(firm.timezone)):%Y-%m-%d %H:%M} ({firm.timezone})"
