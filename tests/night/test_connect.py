"""A person allows Tieout to read a firm: in a real browser, by pasting, and every way in which it goes wrong."""

import io
import os
import re
import shlex
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from rich.console import Console
from typer.testing import CliRunner

from flows.commands import connect as connecting
from flows.commands.callback import _has_ipv6, listening
from flows.commands.cli import app
from pipelines.api.http import Transport
from pipelines.api.tokens import XERO_SCOPES, TokenFile, TokenSet, account_of, grant_of
from pipelines.connect import authorize
from pipelines.connect.connection import System, connection
from pipelines.errors import TieoutError, UsageError
from pipelines.firm.secrets import read_credentials
from pipelines.firm.settings import Firm, Settings, load_settings
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, OTHER, small_firm
from tests.support import browser
from tests.support.no_secrets import holds_secret

SYSTEMS: tuple[System, ...] = ("clio", "xero")
Ask = Callable[[str], str]


@dataclass
class Desk:
    """A firm that is not connected yet, and a terminal."""

    sandbox: Sandbox
    config: Path
    terminal: io.StringIO

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    @property
    def firm(self) -> Firm:
        return self.settings.firm(FIRM)

    @property
    def said(self) -> str:
        return " ".join(self.terminal.getvalue().split())

    def asked(self) -> str:
        """The address she was asked to open."""
        [*_, url] = re.findall(r"http://\S+/authorize\?\S+", self.terminal.getvalue())
        return str(url)

    def answers(self, **more: str) -> str:
        """Where the provider sends her."""
        page = requests.get(self.asked(), params=more, allow_redirects=False, timeout=10)
        return page.headers["Location"]

    def allow(self, question: str) -> str:
        """A person who allows, and takes the first organisation."""
        return self.answers(decision="allow") if "Paste" in question else "1"

    def connect(self, system: System, ask: Ask | None = None) -> None:
        """By pasting; the default person allows."""
        console = Console(file=self.terminal, width=500)
        connecting.connect(self.settings, self.firm, system, console, ask or self.allow, paste=True)

    def refusal(self, system: System, ask: Ask | None = None) -> str:
        """The one sentence that is said when it fails; nothing is kept then."""
        with pytest.raises(TieoutError) as caught:
            self.connect(system, ask)
        assert TokenFile(self.firm.folder).read(system) is None
        return str(caught.value)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with Sandbox({name: small_firm(name) for name in (FIRM, OTHER)}) as sandbox:
        text = sandbox.config_toml("data").replace('"client_credentials"', '"authorization_code"')
        text = re.sub(r'tenant_id = ".*"\n', "", text)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = tmp_path / "tieout.toml"
        config.write_text(f"connect_port = {port}\n{text}")
        for name, value in sandbox.environment().items():
            if not name.endswith("REFRESH_TOKEN"):
                monkeypatch.setenv(name, value)
        yield Desk(sandbox, config, io.StringIO())


@pytest.mark.parametrize("system", SYSTEMS)
def test_pasting_connects_and_the_next_token_comes_from_it(desk: Desk, system: System) -> None:
    with pytest.raises(UsageError, match=f"tieout connect {FIRM} {system}"):
        grant_of(desk.firm, system, Transport())
    desk.connect(system)
    assert f"{FIRM}: connected to {system.capitalize()}, {FIRM}. " in desk.said
    assert connection(desk.firm, system, datetime.now(UTC)).state == "connected"
    first = TokenFile(desk.firm.folder).read(system)
    assert first is not None
    grant_of(desk.firm, system, Transport()).access_token(rejected=first.access_token.get_secret_value())
    second = TokenFile(desk.firm.folder).read(system)
    assert second is not None and second.access_token != first.access_token
    assert second.tenant_id == first.tenant_id
    path = desk.firm.folder / "tokens.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_question_asks_for_reading_alone_and_is_bound_to_its_answer(desk: Desk) -> None:
    desk.connect("xero")
    asked = parse_qs(urlsplit(desk.asked()).query)
    assert set(asked["scope"][0].split()) == {"offline_access", *XERO_SCOPES.split()}
    assert all(scope.endswith(".read") for scope in XERO_SCOPES.split())
    assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) >= 32


def test_a_code_alone_can_be_pasted(desk: Desk) -> None:
    def ask(question: str) -> str:
        return parse_qs(urlsplit(desk.answers()).query)["code"][0]

    desk.connect("clio", ask)
    assert connection(desk.firm, "clio", datetime.now(UTC)).state == "connected"


def test_no_code_and_no_token_is_ever_shown(desk: Desk) -> None:
    for system in SYSTEMS:
        desk.connect(system)
    assert not holds_secret(desk.terminal.getvalue().encode())


def test_among_several_organisations_she_chooses_and_the_choice_is_kept(desk: Desk) -> None:
    desk.sandbox.knobs.xero_one_consent = True
    own, other = (firm.credentials.tenant_id for firm in desk.sandbox.firms)

    def ask(question: str) -> str:
        return "2" if "Which of them" in question else desk.answers()

    desk.connect("xero", ask)
    assert own in desk.said and other in desk.said
    assert account_of(desk.firm, "xero") == other


@pytest.mark.parametrize("said", ["3", "0", "first", ""])
def test_a_number_that_is_not_there_keeps_nothing(desk: Desk, said: str) -> None:
    desk.sandbox.knobs.xero_one_consent = True

    def ask(question: str) -> str:
        return said if "Which of them" in question else desk.answers()

    assert "A number from 1 to 2 was expected" in desk.refusal("xero", ask)


def test_another_organisation_than_that_of_the_settings_is_refused(desk: Desk) -> None:
    other = desk.sandbox.firms[1].credentials.tenant_id
    block = f"[firms.{FIRM}.xero]"
    desk.config.write_text(desk.config.read_text().replace(block, f'{block}\ntenant_id = "{other}"', 1))
    assert f"organisation {other} of tieout.toml was expected" in desk.refusal("xero")


@pytest.mark.parametrize("system", SYSTEMS)
def test_declined_is_a_no(desk: Desk, system: System) -> None:
    assert "it was declined" in desk.refusal(system, lambda question: desk.answers(decision="decline"))


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_answer_to_another_question_is_not_taken(desk: Desk, system: System) -> None:
    def ask(question: str) -> str:
        return re.sub(r"state=[^&]+", "state=somebody-elses", desk.answers())

    assert "another question (its state differs)" in desk.refusal(system, ask)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_code_that_was_spent_is_not_taken_again(desk: Desk, system: System) -> None:
    answers: list[str] = []

    def ask(question: str) -> str:
        answers.append(answers[0] if answers else desk.answers())
        return parse_qs(urlsplit(answers[0]).query)["code"][0]

    desk.connect(system, ask)
    TokenFile(desk.firm.folder).remove(system)
    assert "the code was not taken (status 400, invalid_grant)" in desk.refusal(system, ask)


def test_two_uncertified_apps_already(desk: Desk) -> None:
    desk.sandbox.knobs.xero_two_apps_already = True
    assert "Xero takes two uncertified apps per organisation" in desk.refusal("xero")


def test_a_wrong_secret_or_region(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMS__HARBOR_LAW__CLIO__CLIENT_SECRET", "of another region")
    text = desk.refusal("clio")
    assert "invalid_client" in text and "Is region" in text and "of another region" not in text


def test_a_missing_permission_is_seen_by_the_first_read(desk: Desk) -> None:
    desk.sandbox.knobs.refused_scopes.add("accounting.settings.read")
    assert "scope" in desk.refusal("xero")


def test_a_right_that_clio_refuses_is_seen_by_the_first_read(desk: Desk) -> None:
    desk.sandbox.faults.add(Fault("403", system="clio", path="bills"))
    assert "the app lacks the right to read it" in desk.refusal("clio")


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_connected_as_one_firm_is_not_connected_as_another(
    desk: Desk, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sandbox.knobs.xero_one_consent = True
    for name in ("CLIENT_ID", "CLIENT_SECRET"):  # she logs in as the other firm's user, by mistake
        own = os.environ[f"FIRMS__HARBOR_LAW__{system.upper()}__{name}"]
        monkeypatch.setenv(f"FIRMS__PIER_LEGAL__{system.upper()}__{name}", own)
    desk.connect(system)
    other = desk.settings.firm(OTHER)
    with pytest.raises(TieoutError, match=f"is connected as firm {FIRM} already. Nothing was kept"):
        connecting.connect(desk.settings, other, system, Console(file=desk.terminal, width=500), desk.allow, paste=True)
    assert TokenFile(other.folder).read(system) is None


def test_nobody_answers_in_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(connecting.webbrowser, "open", lambda url: False)
    with pytest.raises(TieoutError, match=r"No answer came from the browser .* compare clio.region"):
        connecting.connect(desk.settings, desk.firm, "clio", Console(file=desk.terminal, width=500), input, paste=False)
    assert "No browser could be opened. Where there is none on this machine, stop this and add --paste." in desk.said


def test_where_nobody_can_type_nothing_is_connected(desk: Desk) -> None:
    words = ["connect", FIRM, "clio", "--paste", "--config", str(desk.config)]
    done = CliRunner().invoke(app, words, input="")
    assert isinstance(done.exception, UsageError) and "nobody to type one" in str(done.exception)
    assert TokenFile(desk.firm.folder).read("clio") is None


def test_a_port_in_use_says_so(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", desk.settings.connect_port))
        taken.listen()
        with pytest.raises(UsageError, match="was expected to be free"):
            connecting.connect(desk.settings, desk.firm, "clio", Console(file=desk.terminal), input, paste=False)


def test_a_custom_connection_needs_no_browser(desk: Desk) -> None:
    text = desk.config.read_text().replace('"authorization_code"', '"client_credentials"')
    desk.config.write_text(text)
    desk.connect("xero", lambda question: pytest.fail(question))
    assert "the custom connection reads" in desk.said


def is_spent(desk: Desk, system: System, held: TokenSet) -> bool:
    """Whether a refresh token opens nothing any more."""
    assert held.refresh_token is not None
    known = read_credentials(desk.firm, system, is_connected=True)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": held.refresh_token.get_secret_value(),
        "client_id": known.client_id.get_secret_value(),
        "client_secret": known.client_secret.get_secret_value(),
    }
    address = desk.firm.clio.tokens if system == "clio" else desk.firm.xero.tokens
    return bool(requests.post(address, data=form, timeout=10).json().get("error") == "invalid_grant")


@pytest.mark.parametrize("system", SYSTEMS)
def test_disconnect_ends_the_grant_at_the_provider_too(desk: Desk, system: System) -> None:
    desk.connect(system)
    held = TokenFile(desk.firm.folder).read(system)
    assert held is not None
    connecting.disconnect(desk.firm, system, Console(file=desk.terminal, width=500))
    assert f"{FIRM}: {system.capitalize()} is disconnected." in desk.said
    assert TokenFile(desk.firm.folder).read(system) is None
    assert is_spent(desk, system, held)


def test_disconnecting_one_firm_leaves_the_others_of_the_same_xero_user(desk: Desk) -> None:
    desk.sandbox.knobs.xero_one_consent = True
    first, second = (firm.credentials.tenant_id for firm in desk.sandbox.firms)
    choice = iter("12")
    for firm_id in (FIRM, OTHER):
        firm, console = desk.settings.firm(firm_id), Console(file=desk.terminal, width=500)

        def ask(question: str) -> str:
            return next(choice) if "Which of them" in question else desk.answers()

        connecting.connect(desk.settings, firm, "xero", console, ask, paste=True)
    connecting.disconnect(desk.firm, "xero", Console(file=desk.terminal))
    reached = authorize.prove(
        desk.settings.firm(OTHER),
        "xero",
        grant_of(desk.settings.firm(OTHER), "xero", Transport()),
        second,
        Transport(),
    )
    assert reached.name == OTHER
    with pytest.raises(TieoutError, match="403"):
        authorize.prove(desk.firm, "xero", grant_of(desk.settings.firm(OTHER), "xero", Transport()), first, Transport())


def test_a_clio_token_that_has_run_out_is_renewed_to_end_the_grant(desk: Desk) -> None:
    desk.connect("clio")
    desk.sandbox.clio_oauth.expire_all()
    held = TokenFile(desk.firm.folder).read("clio")
    assert held is not None
    TokenFile(desk.firm.folder).write("clio", replace(held, expires_at=0.0))
    connecting.disconnect(desk.firm, "clio", Console(file=desk.terminal))
    assert is_spent(desk, "clio", held)


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_the_provider_does_not_confirm_is_kept(desk: Desk, system: System) -> None:
    desk.connect(system)
    path = "oauth/deauthorize" if system == "clio" else "connections/"
    desk.sandbox.faults.add(Fault("500", system=system, path=path, times=99))
    with pytest.raises(TieoutError, match="expected to be confirmed, found status 500"):
        connecting.disconnect(desk.firm, system, Console(file=desk.terminal))
    assert TokenFile(desk.firm.folder).read(system) is not None


def test_a_grant_that_was_ended_elsewhere_is_forgotten(desk: Desk) -> None:
    desk.connect("clio")
    held = TokenFile(desk.firm.folder).read("clio")
    assert held is not None
    requests.post(
        desk.firm.clio.revoke, headers={"Authorization": f"Bearer {held.access_token.get_secret_value()}"}, timeout=10
    )
    TokenFile(desk.firm.folder).write("clio", replace(held, expires_at=0.0))
    connecting.disconnect(desk.firm, "clio", Console(file=desk.terminal, width=500))
    assert f"{FIRM}: Clio is disconnected." in desk.said
    assert TokenFile(desk.firm.folder).read("clio") is None


def test_a_custom_connection_is_ended_at_xero(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace('"authorization_code"', '"client_credentials"'))
    with pytest.raises(UsageError, match="a custom connection is ended in Xero"):
        connecting.disconnect(desk.firm, "xero", Console(file=desk.terminal))


@pytest.mark.skipif(
    not (browser.DRIVER and browser.CHROMIUM) and os.environ.get("CI") != "true",
    reason="chromium and chromedriver are not installed",
)
@pytest.mark.parametrize("system", SYSTEMS)
def test_in_a_real_browser(desk: Desk, system: System) -> None:
    desk.sandbox.knobs.consent_page = True
    person = shlex.join([sys.executable, str(Path(browser.__file__)), "allow"])
    done = subprocess.run(
        [sys.executable, "-m", "flows", "connect", FIRM, system, "--config", str(desk.config)],
        env={**os.environ, "BROWSER": f"{person} %s"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, f"{FIRM}: connected to {system.capitalize()}, {FIRM}. " in done.stdout) == (0, True), (
        done.stderr
    )
    assert not holds_secret((done.stdout + done.stderr).encode())
    assert connection(desk.firm, system, datetime.now(UTC)).state == "connected"


def ask_page(desk: Desk, query: str, host: str = "127.0.0.1", **headers: str) -> int:
    port = desk.settings.connect_port
    return requests.get(f"http://{host}:{port}{query}", headers=headers, timeout=5).status_code


def test_only_the_answer_to_our_question_ends_the_wait(desk: Desk) -> None:
    port = desk.settings.connect_port
    foreign = (
        "evil.example",
        f"evil.example:{port}",
        "127.0.0.1",
        f"localhost:{port}.evil.example",
        f"localhost:{port + 1}",
    )
    with listening("our-state", port) as page:
        assert ask_page(desk, "/callback") == 400
        assert ask_page(desk, "/callback?code=theirs") == 400
        assert ask_page(desk, "/callback?code=theirs&state=another") == 400
        assert ask_page(desk, "/callback?error=access_denied") == 400
        assert ask_page(desk, "/callback?code=x&state=%ff%00") == 400
        assert ask_page(desk, "/favicon.ico?state=our-state&code=theirs") == 404
        assert ask_page(desk, "/callback?state=our-state&code=" + "a" * 9000) == 404
        for host in foreign:
            assert ask_page(desk, "/callback?state=our-state&code=theirs", Host=host) == 421, host
        assert page.wait(0.05) is None
        assert ask_page(desk, "/callback?state=our-state&code=ours", Host=f"LOCALHOST:{port}") == 200
        assert page.wait(5) == {"state": "our-state", "code": "ours"}


def test_a_caller_that_says_nothing_keeps_nobody_waiting(desk: Desk) -> None:
    port = desk.settings.connect_port
    with listening("our-state", port) as page, socket.create_connection(("127.0.0.1", port)):
        assert ask_page(desk, "/callback?state=our-state&code=ours") == 200
        assert page.wait(5) is not None


def test_both_loopbacks_are_ours(desk: Desk) -> None:
    if not _has_ipv6():
        pytest.skip("no IPv6 loopback here")
    port = desk.settings.connect_port
    with listening("our-state", port) as page:
        assert ask_page(desk, "/callback?state=our-state&code=ours", host="[::1]") == 200
        assert page.wait(5) is not None
    with socket.socket(socket.AF_INET6) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("::1", port))
        taken.listen()
        with pytest.raises(UsageError, match="was expected to be free"), listening("our-state", port):
            pass


@pytest.mark.parametrize(
    "word", ["\x1b[2Jcode-of-hers", "[red]x", "a" * 9000, "code-of-hers"], ids=lambda w: ascii(w)[:12]
)
def test_the_providers_words_are_not_repeated(desk: Desk, word: str) -> None:
    known = read_credentials(desk.firm, "clio", is_connected=True)
    consent = authorize.begin(desk.firm, "clio", known, "http://localhost")
    with pytest.raises(TieoutError, match="an error of another kind") as caught:
        authorize.read_answer(desk.firm, consent, {"state": consent.state, "error": word, "code": "code-of-hers"})
    assert "code-of-hers" not in str(caught.value) and "\x1b" not in str(caught.value) and len(str(caught.value)) < 400
    with pytest.raises(TieoutError, match="invalid_request"):
        authorize.read_answer(desk.firm, consent, {"state": consent.state, "error": "invalid_request"})
