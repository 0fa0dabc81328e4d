"""Alerts: what was sent, what was not, and what waits, with a real mail server and a real receiver of webhooks."""

import json
import logging
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import duckdb
import pytest

from flows import alerts, workbook
from flows.alerts import outbox, wording
from flows.night import journal
from flows.night.project import PROJECT
from flows.night.verdict import NightResult
from flows.reading.words import FINDINGS
from pipelines.connect.connection import Connection
from pipelines.firm.settings import Alerts, Firm, Settings, load_settings
from tests.support import browser
from tests.support.little_server import Answer, Asked, LittleServer
from tests.support.little_smtp import LittleSmtp
from tests.support.published import prove
from tests.unit.test_settings import GOOD, write

FIRM = "harbor-law"
CLIENT = "Miriam Brook"
SECRET_PATH = "hook-0123456789-secret"


@dataclass
class Office:
    """A firm with a warehouse written by hand, a receiver for its channel `practice` and one for the operator."""

    settings: Settings
    answers: dict[str, list[int]]
    server: LittleServer
    day: date = date(2026, 11, 2)
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    not_proven: str | None = None

    @property
    def firm(self) -> Firm:
        return self.settings.firm(FIRM)

    def sent(self, channel: str) -> list[dict[str, str]]:
        """What a channel took since the last look."""
        taken = [json.loads(asked.body) for asked in self.server.asked if asked.path == f"/{channel}-{SECRET_PATH}"]
        self.server.asked[:] = [asked for asked in self.server.asked if asked.path != f"/{channel}-{SECRET_PATH}"]
        return taken

    def finding(self, key: str, code: str, amount: str, severity: str = "high", **more: object) -> None:
        """An exception of the books, from the next night on."""
        plain = {"status": "open", "subject": "clio:1", "number": "17", "client": CLIENT, "reopened": 0, "url": None}
        self.rows[key] = {
            **plain,
            "code": code,
            "severity": severity,
            "amount": Decimal(amount),
            "seen": self.day,
            **more,
        }

    def night(self, **more: object) -> None:
        """Publish the books as they stand, and tell."""
        self.day += timedelta(days=1)
        write_warehouse(self.firm, self.day, self.rows, self.endings)
        figures: dict[str, object] = {
            "clio_receivables_amount": Decimal("900.00"),
            "xero_receivables_amount": Decimal("200.00"),
            "not_proven": self.not_proven,
        }
        verdict = "exceptions" if any(row["status"] == "open" for row in self.rows.values()) else "reconciled"
        facts: dict[str, object] = {"verdict": verdict, "statement": figures, **more}
        alerts.tell(self.settings, NightResult(FIRM, f"run-{self.day}", **facts))  # type: ignore[arg-type]

    def gone(self, key: str, ending: str) -> None:
        """A finding that the next night no longer has, and how history says that it ended."""
        del self.rows[key]
        self.endings[key] = ending

    def failed_night(self, reason: str = "Xero was not well.") -> None:
        alerts.tell(self.settings, NightResult(FIRM, None, "incomplete", (reason,)))


def write_warehouse(
    firm: Firm, day: date, rows: dict[str, dict[str, object]], endings: dict[str, str] | None = None
) -> None:
    firm.warehouse.parent.mkdir(parents=True, exist_ok=True)
    firm.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(firm.warehouse)) as connection:
        connection.execute("create schema recon")
        connection.execute(
            "create table recon.exceptions (firm_id text, exception_id text, code text, severity text, status text,"
            " amount decimal(18,2), subject_key text, subject_label text, trust_account text, first_seen_at timestamp,"
            " clio_url text, xero_url text, client_name text)"
        )
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_exceptions_in_order (firm_id text, exception_id text, work_rank int)"
        )
        connection.execute(
            "create table recon.exception_history (firm_id text, exception_id text, times_reopened int, closed_as text)"
        )
        connection.execute("create table recon.trust_tie_out (firm_id text, trust_account text, verdict text)")
        connection.execute("create table recon.run_statements (firm_id text, as_of_date date)")
        connection.execute("insert into recon.trust_tie_out values (?, 'IOLTA', 'differs')", [FIRM])
        connection.execute("insert into recon.run_statements values (?, ?)", [FIRM, day])
        # As worked: in the order in which a test tells them; as stored: the other way round.
        for work_rank, (key, row) in reversed(list(enumerate(rows.items(), 1))):
            given = (row[name] for name in ("code", "severity", "status", "amount", "subject", "number"))
            connection.execute(
                "insert into recon.exceptions values (?, ?, ?, ?, ?, ?, ?, ?, 'IOLTA', ?, ?, ?, ?)",
                [FIRM, key, *given, row["seen"], row["url"], row.get("xero_url"), row["client"]],
            )
            connection.execute(
                "insert into intermediate.int_exceptions_in_order values (?, ?, ?)", [FIRM, key, work_rank]
            )
            connection.execute(
                "insert into recon.exception_history values (?, ?, ?, null)", [FIRM, key, row["reopened"]]
            )
        for key, ending in (endings or {}).items():
            connection.execute("insert into recon.exception_history values (?, ?, 0, ?)", [FIRM, key, ending])
    prove(firm.warehouse)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(outbox, "WAITS", (0.0, 0.01))
    answers: dict[str, list[int]] = {}

    def answer(asked: Asked) -> Answer:
        queue = answers.get(asked.path.split("-")[0].strip("/"), [])
        return Answer({}, queue.pop(0) if queue else 200)

    with LittleServer(answer) as server:
        address = server.url.replace("http://", "json://")
        for channel in ("practice", "ops"):
            monkeypatch.setenv(f"ALERTS__{channel.upper()}__URL", f"{address}/{channel}-{SECRET_PATH}")
        settings = load_settings(configured(tmp_path))
        yield Office(settings, answers, server)


def configured(folder: Path, **replaced: str) -> Path:
    text = GOOD.replace('data_dir = "data"', 'data_dir = "data"\n[alerts]\noperator = ["ops"]\n')
    text = text.replace("grace_hours = 24", 'grace_hours = 24\nalerts = ["practice"]')
    for old, new in replaced.items():
        text = text.replace(old, new)
    return write(folder, text)


def test_every_tie_out_test_of_dbt_has_its_words() -> None:
    of_codes = {tie_out for row in FINDINGS.values() for tie_out in row["tie_outs"].split()}
    of_its_own = {path.stem for path in (PROJECT / "tests" / "tie_outs").glob("*.sql")}
    assert set(wording.TIE_OUTS) == of_codes | of_its_own


def test_the_first_night_is_one_summary_in_the_order_of_work(office: Office) -> None:
    office.finding("b", "trust_unexplained", "1.00", "critical", number="IOLTA")
    office.finding("a", "missing_in_xero", "50.00", number="18", url="https://app.clio.com/nc/#/bills/18")
    office.finding("c", "xero_only", "900.00", "medium", number="H-1")
    office.finding("d", "text_differs", "0.00", "low")
    office.night(tie_outs_failed=("tie_receivables_agree",))
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: first night; 3 open"
    assert message["message"].splitlines() == [
        "Verdict of 2026-11-03: exceptions",
        "Receivables: Clio 900.00, Xero 200.00, Xero minus Clio -700.00",
        "Client money, IOLTA: differs",
        "Out of balance: receivables",
        "",
        "Open (3, 951.00):",
        "- critical: trust_unexplained IOLTA, 1.00",
        "- high: missing_in_xero 18, 50.00 https://app.clio.com/nc/#/bills/18",
        "- medium: xero_only H-1, 900.00",
        "",
        "Open in all: 3 (1 critical, 1 high, 1 medium), 951.00; the oldest since 2026-11-02, 1 day; 1 of low severity",
        "",
        "Look: http://localhost:8913/firms/harbor-law/worklist",
        "In a terminal: tieout worklist harbor-law, tieout explain harbor-law NUMBER",
    ]
    assert office.sent("ops") == []


def test_nothing_is_said_when_nothing_changed(office: Office) -> None:
    office.finding("a", "missing_in_xero", "50.00")
    office.night()
    office.sent("practice")
    office.finding("low", "text_differs", "0.00", "low")
    office.finding("new", "payment_duplicated", "5.00", status="in_flight")
    office.night()
    office.night()
    assert office.sent("practice") == []


def test_a_reconciled_first_night_is_said_once(office: Office) -> None:
    office.night()
    office.night()
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: first night; 0 open"
    assert "Nothing is open any more." in message["message"]


def test_what_became_of_each_finding(office: Office) -> None:
    office.finding("fixed", "missing_in_xero", "50.00", number="1")
    office.finding("accepted", "xero_only", "60.00", number="2")
    office.finding("changed", "amounts_differ", "70.00", number="3")
    office.finding("moving", "date_differs", "80.00", number="4")
    office.night()
    office.sent("practice")
    del office.rows["fixed"]
    office.rows["accepted"]["status"] = "accepted"
    office.rows["changed"]["amount"] = Decimal("75.00")
    office.rows["moving"]["status"] = "in_flight"
    office.finding("new", "tax_differs", "9.00", number="5")
    office.finding("back", "wrong_contact", "0.00", number="6", reopened=1)
    office.night()
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: 1 new, 1 back, 1 changed, 1 fixed, 1 accepted; 3 open"
    lines = message["message"].splitlines()
    for heading, line in (
        ("New (1, 9.00):", "- high: tax_differs 5, 9.00"),
        ("Back again (1, 0.00):", "- high: wrong_contact 6, 0.00"),
        ("Changed (1):", "- high: amounts_differ 3, 75.00 (was high, 70.00)"),
        ("Fixed (1, 50.00):", "- high: missing_in_xero 1, 50.00"),
        ("Accepted (1, 60.00):", "- high: xero_only 2, 60.00"),
    ):
        assert lines[lines.index(heading) + 1] == line
    office.rows["moving"]["status"] = "open"
    office.night()
    assert office.sent("practice") == []  # it was told when it was open, and nothing about it is new


def test_a_finding_that_was_in_flight_and_is_gone_was_fixed(office: Office) -> None:
    office.finding("moving", "date_differs", "80.00", number="4")
    office.night()
    office.rows["moving"]["status"] = "in_flight"
    office.night()
    office.sent("practice")
    del office.rows["moving"]
    office.night()
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: 1 fixed; 0 open"


def test_a_flood_is_cut_and_counted(office: Office) -> None:
    for number in range(400):
        office.finding(str(number), "missing_in_xero", "1.00", number=str(number))
    office.night()
    [message] = office.sent("practice")
    assert message["message"].count("- high: missing_in_xero") == wording.MOST_LINES
    assert "- and 390 more (390 high)" in message["message"]


def test_no_client_is_named_unless_the_firm_says_so(office: Office, tmp_path: Path) -> None:
    office.finding("a", "missing_in_xero", "50.00")
    office.finding("pocket", "client_ledger_negative", "5.00", subject="client:9", number=CLIENT)
    office.night()
    [message] = office.sent("practice")
    assert CLIENT not in str(message)
    assert "client_ledger_negative IOLTA, 5.00" in message["message"]
    path = configured(tmp_path, **{'alerts = ["practice"]': 'alerts = ["practice"]\nname_clients = true'})
    office.settings = load_settings(path)
    office.finding("b", "missing_in_xero", "60.00")
    office.night()
    [message] = office.sent("practice")
    assert f"missing_in_xero 17, {CLIENT}, 60.00" in message["message"]
    assert CLIENT not in (office.firm.folder / "alerts" / "told.json").read_text()


def test_text_from_the_systems_pings_nobody_and_links_nowhere(office: Office) -> None:
    hostile = "<!channel> @here [x](https://evil.example)\n\x1b[2J <script>"
    office.finding("a", "missing_in_xero", "50.00", number=hostile, url="javascript:alert(1)")
    office.night()
    [message] = office.sent("practice")
    [line] = [line for line in message["message"].splitlines() if "missing_in_xero" in line]
    assert not any(mark in line for mark in ("<", ">", "@", "[", "]", "://", "\x1b", "javascript"))


def test_an_incomplete_night_is_the_operators_and_says_nothing_of_the_books(office: Office) -> None:
    office.finding("a", "missing_in_xero", "50.00")
    office.night()
    office.sent("practice")
    good = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
    journal.record(office.firm, NightResult(FIRM, "run-1", "exceptions"), good)
    office.failed_night()
    assert office.sent("practice") == []
    [message] = office.sent("ops")
    assert message["title"] == "Tieout, harbor-law: the night is incomplete"
    assert "not of the books" in message["message"] and "- Xero was not well." in message["message"]
    assert "Last good night: of " in message["message"] and "missing_in_xero" not in message["message"]
    office.night()
    assert [message["title"] for message in office.sent("ops")] == ["Tieout, harbor-law: the nights work again"]
    assert office.sent("practice") == []


def test_a_night_rebuilt_for_a_past_day_is_nobodys_news(office: Office) -> None:
    office.finding("a", "missing_in_xero", "50.00")
    office.night(rebuilt_as_of="2026-10-31")
    assert office.sent("practice") == []


def test_a_missing_night_is_said_once(office: Office) -> None:
    due = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
    for _ in range(2):
        alerts.night_missing(office.settings, office.firm, due)
    alerts.night_missing(office.settings, office.firm, due + timedelta(days=1))
    bodies = [message["message"] for message in office.sent("ops")]
    assert len(bodies) == 2
    assert "due at 2026-11-03 03:30 (America/New_York)" in bodies[0]


def test_a_connection_about_to_end_is_said_once_a_day(office: Office) -> None:
    for _ in range(2):
        alerts.connection_ends(office.settings, office.firm, Connection("xero", "ends_soon", date(2026, 12, 1)))
    [message] = office.sent("ops")
    assert message["title"] == "Tieout, harbor-law: the connection to Xero ends on 2026-12-01"
    assert "tieout connect harbor-law xero" in message["message"]


def test_a_sign_of_life_once_a_week_from_the_chosen_day_on(office: Office) -> None:
    sunday = datetime(2026, 11, 8, 12, tzinfo=UTC)
    journal.record(office.firm, NightResult(FIRM, "run-1", "pending"), sunday)
    journal.record(office.firm, NightResult(FIRM, None, "incomplete"), sunday)
    for hours in (0, 24, 25, 48, 24 * 8):
        alerts.heartbeat(office.settings, office.firm, sunday + timedelta(hours=hours))
    messages = office.sent("practice")
    assert [message["title"] for message in messages] == [
        "Harbor Law LLP: Tieout is alive",
        "Harbor Law LLP: Tieout is alive",
        "Harbor Law LLP: Tieout is alive, but no night was good",
    ]
    assert messages[0]["message"].startswith("2 nights in the last 7 days, 1 good, the last one pending.")


def test_a_sign_of_life_claims_nothing_of_books_that_were_not_judged(office: Office) -> None:
    now = datetime.now(UTC)
    journal.record(office.firm, NightResult(FIRM, None, "incomplete"), now)
    alerts.heartbeat(office.settings, office.firm, now)
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: Tieout is alive, but no night was good"
    assert message["message"].startswith("1 night in the last 7 days, 0 good: the books were not judged.")


def test_a_sign_of_life_comes_also_where_no_night_falls_on_the_chosen_day_or_after_it(office: Office) -> None:
    on_sundays = office.settings.model_copy(update={"alerts": Alerts(heartbeat="sunday")})
    monday = datetime(2026, 11, 9, 12, tzinfo=UTC)
    sent = []
    for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11):  # a firm whose nights are from Monday to Friday
        alerts.heartbeat(on_sundays, office.firm, monday + timedelta(days=day))
        sent.append(len(office.sent("practice")))
    assert sent == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("trouble", [503, 404, 429])
def test_what_was_not_delivered_is_kept_and_comes_once(office: Office, trouble: int) -> None:
    office.answers["practice"] = [trouble] * 3
    office.finding("a", "missing_in_xero", "50.00")
    office.night()
    assert len(office.sent("practice")) == 2  # tried, and refused
    [waiting] = outbox.undelivered(office.settings)
    assert (waiting.channel, waiting.tries, waiting.trouble) == ("practice", 2, "the channel did not take it")
    for taken in (1, 1, 0):
        outbox.retry(office.settings)
        assert len(office.sent("practice")) == taken
    assert outbox.undelivered(office.settings, FIRM) == []


def test_a_channel_that_cannot_be_reached_fails_no_night_and_keeps_the_message(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERTS__PRACTICE__URL", "json://127.0.0.1:9/nobody")
    office.night()
    [waiting] = outbox.undelivered(office.settings)
    assert waiting.tries == 2
    [path] = (office.firm.folder / "outbox").glob("*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_channel_without_an_address_says_where_to_put_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALERTS__PRACTICE__URL")
    office.night()
    [waiting] = outbox.undelivered(office.settings)
    assert "ALERTS__PRACTICE__URL" in waiting.trouble


def test_an_address_stands_in_no_file_and_no_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    office.answers["practice"] = [503] * 9
    office.night()
    written = "".join(path.read_text() for path in office.firm.folder.rglob("*.json"))
    assert SECRET_PATH not in written + caplog.text
    assert len(outbox.undelivered(office.settings)) == 1


def test_a_fault_of_ours_in_an_alert_is_no_fault_of_the_night(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.firm.warehouse.parent.mkdir(parents=True)
    office.firm.warehouse.write_bytes(b"no warehouse of client Miriam Brook")
    alerts.tell(office.settings, NightResult(FIRM, "run-1", "exceptions"))
    assert office.sent("practice") == []
    assert "no alert could be made" in caplog.text and CLIENT not in caplog.text


def mailed(office: Office, monkeypatch: pytest.MonkeyPatch) -> EmailMessage:
    """The mail of the office's next night."""
    with LittleSmtp() as server:
        address = f"mailto://127.0.0.1:{server.port}?from=tieout@example.com&to=books@example.com&mode=insecure"
        monkeypatch.setenv("ALERTS__PRACTICE__URL", address)
        office.night()
        [mail] = server.mails
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None, kind
    return str(body.get_content())


def test_mail_arrives_as_html_with_plain_text_beside_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.finding("a", "missing_in_xero", "50.00", number="<b>17</b> & co", url="https://app.clio.com/nc/#/bills/1")
    mail = mailed(office, monkeypatch)
    assert (mail["To"], mail["Subject"]) == ("books@example.com", "Harbor Law LLP: first night; 1 open")
    html, plain = part(mail, "html"), part(mail, "plain")
    assert "Missing in Xero" in html and "missing_in_xero" not in html and "<b>17" not in html
    assert 'href="https://app.clio.com/nc/#/bills/1"' in html and "In Clio" in html
    assert "img" not in html and "&nbsp;" not in html and "<style" not in html
    assert "Missing in Xero" in plain and "50.00" in plain and "Xero minus Clio -700.00" in plain
    assert "<" not in plain and "&nbsp;" not in plain


def links_of(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


def test_a_mail_leads_to_each_items_page_on_the_desk_and_of_what_is_gone_to_its_history(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = "http://localhost:9000/firms/harbor-law"
    office.settings = load_settings(
        configured(tmp_path, **{'data_dir = "data"': 'data_dir = "data"\ndesk_port = 9000'})
    )
    office.finding("a", "missing_in_xero", "50.00")
    office.finding("b", "amounts_differ", "50.00")
    mail = part(mailed(office, monkeypatch), "html")
    assert links_of(mail) == [f"{desk}/worklist", f"{desk}/items/a", f"{desk}/items/b"]
    office.gone("a", "fixed")
    told = office.firm.folder / "alerts" / "told.json"
    told.write_text(re.sub(r'"exception_id": "a"', '"exception_id": ""', told.read_text()))  # an earlier version's
    mail = part(mailed(office, monkeypatch), "html")
    assert links_of(mail) == [f"{desk}/worklist", f"{desk}/items/a/history"]


def test_a_mail_stands_by_client_where_names_may_be_said(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = configured(tmp_path, **{'alerts = ["practice"]': 'alerts = ["practice"]\nname_clients = true'})
    office.settings = load_settings(path)
    for key, client in (("1", "Ada <b>Quill"), ("2", "Miriam Brook"), ("3", "Ada <b>Quill")):
        office.finding(key, "amounts_differ", "50.00", number=f"No {key}", client=client)
    html = part(mailed(office, monkeypatch), "html")
    said = re.findall(r"<h3[^>]*>([^<]*)</h3>|(No \d)", html)
    assert ["".join(words) for words in said] == ["Ada bQuill", "No 1", "No 3", "Miriam Brook", "No 2"]


def test_a_mail_says_what_became_of_each_finding_and_links_to_both_records(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "abc":
        office.finding(key, "amounts_differ", "50.00", url=f"https://app.clio.com/nc/#/bills/{key}")
        office.rows[key]["xero_url"] = f"https://go.xero.com/app/!x/invoicing/view/{key}"
    office.night()
    office.sent("practice")
    office.rows["a"]["amount"] = Decimal("75.00")
    office.gone("b", "fixed")
    office.finding("d", "xero_only", "9.00", "medium", url="javascript:alert(1)")
    mail = mailed(office, monkeypatch)
    assert mail["Subject"] == "Harbor Law LLP: 1 new, 1 changed, 1 fixed; 3 open"
    html = part(mail, "html")
    for words in ("New (1, 9.00)", "Changed (1)", "was high, 50.00", "75.00", "Fixed (1, 50.00)", "In Xero"):
        assert words in html
    assert 'href="https://go.xero.com/app/!x/invoicing/view/a"' in html and "javascript" not in html


def test_the_plain_text_beside_a_mail_has_each_address_whole_at_the_end_of_a_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "ab":
        office.finding(key, "amounts_differ", "50.00", number=f"No {key}", url=f"https://app.clio.com/nc/#/bills/{key}")
        office.rows[key]["xero_url"] = f"https://go.xero.com/app/!x/invoicing/view/{key}"
    mail = mailed(office, monkeypatch)
    html, plain = part(mail, "html"), part(mail, "plain").replace("\r\n", "\n")
    assert [line.rpartition(": ")[2] for line in plain.splitlines() if "://" in line][:-1] == links_of(html)
    desk = "http://localhost:8913/firms/harbor-law/items"
    assert (
        "\n\nAmounts differ, No b: 50.00\nhigh\n"
        f"On the desk: {desk}/b\nIn Clio: https://app.clio.com/nc/#/bills/b\n"
        "In Xero: https://go.xero.com/app/!x/invoicing/view/b\n\nIn all\n"
    ) in plain
    assert not re.search(r"\n\n\n|^ ", plain, re.MULTILINE)


def test_the_workbook_goes_with_a_mail_where_the_firm_asked_for_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    toml = 'alerts = ["practice"]\nattach_workbook = true'
    office.settings = load_settings(configured(tmp_path, **{'alerts = ["practice"]': toml}))
    monkeypatch.setattr(workbook, "write", lambda firm, path: path.write_bytes(b"the workbook") and path)
    mail = mailed(office, monkeypatch)
    [attached] = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("harbor-law.xlsx", b"the workbook")
    assert list((office.firm.folder / "outbox").rglob("*.xlsx")) == []


def test_a_mail_whose_workbook_cannot_be_made_goes_without(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    toml = 'alerts = ["practice"]\nattach_workbook = true'
    office.settings = load_settings(configured(tmp_path, **{'alerts = ["practice"]': toml}))
    mail = mailed(office, monkeypatch)  # this office's warehouse has no worklist
    assert list(mail.iter_attachments()) == [] and "first night" in mail["Subject"]


@pytest.mark.skipif(not (browser.DRIVER and browser.CHROMIUM), reason="needs chromium and chromedriver")
def test_a_mail_wraps_on_a_telephone_and_nothing_in_it_runs(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hostile = "<script>document.title='run'</script>" + "W" * 300
    for n in range(12):
        office.finding(
            f"{n}", "stuck_in_draft_edited", "1234567.00", number=hostile, url=f"https://example.com/{'x' * 300}"
        )
    page = tmp_path / "mail.html"
    page.write_text(part(mailed(office, monkeypatch), "html"), encoding="utf-8")
    script = "return [document.documentElement.scrollWidth, window.innerWidth, document.title, document.scripts.length]"
    for width in (390, 1280):
        wide, inner, title, scripts = browser.look(page.as_uri(), width, script)
        assert (inner, scripts, title) == (width, 0, "Harbor Law LLP: first night; 12 open")
        assert wide <= width


def test_a_finding_that_vanished_is_never_told_as_fixed(office: Office) -> None:
    office.finding("a", "missing_in_xero", "50.00")
    office.night()
    office.sent("practice")
    office.gone("a", "vanished")
    office.finding("b", "bill_vanished", "0.00", status="in_flight")
    office.night()
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: 1 vanished; 0 open"
    assert message["type"] == "warning"
    assert "Fixed" not in message["message"] and "any more" not in message["message"]
    assert "Nothing is open tonight; 1 in flight." in message["message"].splitlines()


def test_a_finding_that_another_took_over_is_told_as_replaced(office: Office) -> None:
    office.finding("a", "missing_in_xero", "50.00")
    office.night()
    office.sent("practice")
    office.gone("a", "replaced")
    office.finding("b", "stuck_in_draft_ready", "50.00")
    office.night()
    [message] = office.sent("practice")
    assert message["title"] == "Harbor Law LLP: 1 new, 1 replaced; 1 open"


def test_what_could_not_be_proven_is_told_once_and_nothing_is_called_well(office: Office) -> None:
    office.night()
    office.sent("practice")
    office.not_proven = "Xero's receivables account: Xero refused the trial balance"
    office.night()
    [message] = office.sent("practice")
    assert f"Not proven: {office.not_proven}" in message["message"].splitlines()
    assert message["type"] == "warning" and "any more" not in message["message"]
    office.night()
    assert office.sent("practice") == []


def test_a_draft_that_was_told_by_its_id_of_an_earlier_version_is_not_told_again(office: Office) -> None:
    office.finding("of-old", "stuck_in_draft_ready", "50.00")
    office.night()
    office.sent("practice")
    del office.rows["of-old"]
    office.finding("of-today", "stuck_in_draft_edited", "50.00")
    office.night()
    assert office.sent("practice") == []
