"""`tieout connect`: a person allows us to read a firm's Clio or Xero, once.

The browser is sent to the provider and comes back to a port on this machine alone, which listens for one answer. Where
there is no browser, the address is printed and the answer pasted. What was given is proven with one read before
anything is kept. No code and no token is ever printed.
"""

import threading
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from rich.console import Console

from flows import escape as safe
from flows.commands.callback import PATH, listening
from pipelines.api.http import Transport
from pipelines.api.tokens import TokenSet, account_of, grant_of
from pipelines.connect import authorize
from pipelines.connect.authorize import Consent, Organisation
from pipelines.connect.connection import System
from pipelines.errors import GiveUp, UsageError
from pipelines.firm.secrets import read_credentials
from pipelines.firm.settings import Firm, Settings

WAIT_SECONDS = 300.0


def connect(
    settings: Settings, firm: Firm, system: System, console: Console, ask: Callable[[str], str], *, paste: bool
) -> None:
    """Ask, exchange, choose, prove, keep. Raises TieoutError with what to do; then nothing was kept."""
    transport = Transport()
    if system == "xero" and firm.xero.grant == "client_credentials":
        own = authorize.prove(firm, system, grant_of(firm, system, transport), firm.xero.tenant_id, transport)
        console.print(f"{firm.id}: the custom connection reads {safe.for_terminal(own.name)}. Nothing more is needed.")
        return
    credentials = read_credentials(firm, system, is_connected=True)
    redirect = f"http://localhost:{settings.connect_port}{PATH}"
    consent = authorize.begin(firm, system, credentials, redirect)
    answer = _paste(consent, console, ask) if paste else _listen(consent, settings.connect_port, console)
    code = authorize.read_answer(firm, consent, answer)
    tokens = authorize.exchange(firm, consent, code, credentials, transport)
    tenant_id = _organisation(firm, tokens, transport, console, ask) if system == "xero" else None
    own = authorize.prove(firm, system, tokens, tenant_id, transport)
    _refuse_anothers(settings, firm, system, own)
    authorize.keep(firm, system, replace(tokens, tenant_id=own.tenant_id))
    console.print(
        f"{firm.id}: connected to {system.capitalize()}, {safe.for_terminal(own.name)}. Next: tieout check {firm.id}"
    )


def _refuse_anothers(settings: Settings, firm: Firm, system: System, own: Organisation) -> None:
    """Two firms never share an account: one's books would be told as the other's."""
    for other in settings.firms.values():
        is_elsewhere = system == "clio" and other.clio.api != firm.clio.api  # each region counts for itself
        if other.id != firm.id and not is_elsewhere and (account_of(other, system) or "").lower() == own.tenant_id:
            raise GiveUp(
                f"{firm.id}: {system}: what was allowed is connected as firm {other.id} already. Nothing was kept. Log "
                f"in as a user of {firm.id}'s own {system.capitalize()}, or disconnect {other.id} first."
            )


def disconnect(firm: Firm, system: System, console: Console) -> None:
    """End the firm's connection at the provider and forget the token set."""
    if system == "xero" and firm.xero.grant == "client_credentials":
        raise UsageError(
            f"{firm.id}: a custom connection is ended in Xero (Settings, Connected apps), not here. Then remove its "
            "client id and secret from the secrets."
        )
    credentials = read_credentials(firm, system, is_connected=True)
    if authorize.end(firm, system, Transport()):
        console.print(f"{firm.id}: {system.capitalize()} is disconnected.")
    else:
        console.print(f"{firm.id}: nothing was connected to {system.capitalize()} by `tieout connect`.")
    if credentials.refresh_token:
        console.print("A refresh token still stands in the secrets: remove it there too.")


def _organisation(
    firm: Firm, tokens: TokenSet, transport: Transport, console: Console, ask: Callable[[str], str]
) -> str:
    """The firm's organisation: the one of tieout.toml, the only one, or the one she chooses."""
    found = authorize.organisations(firm, tokens, transport)
    wanted = firm.xero.tenant_id.lower() if firm.xero.tenant_id else None
    if wanted is not None:
        if wanted not in {one.tenant_id for one in found}:
            raise GiveUp(
                f"{firm.id}: xero: organisation {wanted} of tieout.toml was expected, found {len(found)} others. "
                "Nothing was kept. Allow the app for that organisation, or correct xero.tenant_id."
            )
        return wanted
    if not found:
        raise GiveUp(
            f"{firm.id}: xero: no organisation was connected. Xero takes two uncertified apps per organisation: remove "
            "one there, or use a custom connection."
        )
    return found[0].tenant_id if len(found) == 1 else _chosen(firm, found, console, ask)


def _chosen(firm: Firm, found: list[Organisation], console: Console, ask: Callable[[str], str]) -> str:
    for number, one in enumerate(found, start=1):
        console.print(f"{number}. {safe.for_terminal(one.name)} ({safe.for_terminal(one.tenant_id)})")
    said = ask(f"Which of them is {firm.id}? (1-{len(found)}) ").strip()
    if not said.isdigit() or not 1 <= int(said) <= len(found):
        raise UsageError(f"A number from 1 to {len(found)} was expected; found {said[:20]!r}. Nothing was kept.")
    return found[int(said) - 1].tenant_id


def _paste(consent: Consent, console: Console, ask: Callable[[str], str]) -> Mapping[str, str]:
    """Without a browser here: she opens the address elsewhere and pastes where it sent her, or the code alone."""
    console.print("Open this address in a browser, allow, and copy the address it sends you to (it will not load):")
    console.print(consent.url, soft_wrap=True, markup=False)
    said = ask("Paste that address, or the code: ").strip()
    if "?" in said:
        return dict(parse_qsl(urlsplit(said).query))
    return {"code": said, "state": consent.state}  # typed in by the person who was asked


def _open(url: str, console: Console) -> None:
    if not webbrowser.open(url):
        console.print("No browser could be opened. Where there is none on this machine, stop this and add --paste.")


def _listen(consent: Consent, port: int, console: Console) -> Mapping[str, str]:
    """Open the browser and wait for its answer on this machine."""
    with listening(consent.state, port) as callback:
        console.print(f"Your browser asks you to allow Tieout to read {consent.system.capitalize()}. If none opens:")
        console.print(consent.url, soft_wrap=True, markup=False)
        # In a thread: a browser of the terminal would keep us from answering it.
        threading.Thread(target=_open, args=(consent.url, console), daemon=True).start()
        answer = callback.wait(WAIT_SECONDS)
    if answer is None:
        is_clio = consent.system == "clio"
        region = " If Clio did not know the app, or the login, compare clio.region with the firm's." if is_clio else ""
        raise GiveUp(
            f"No answer came from the browser within {WAIT_SECONDS / 60:.0f} minutes. Nothing was connected. Run the "
            f"command again; on a machine without a browser add --paste.{region}"
        )
    return answer
