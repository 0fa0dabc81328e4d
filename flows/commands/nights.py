"""Nights: one now, or each at its own time."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from flows import days
from flows import escape as safe
from flows.commands.shared import ConfigOption, RunFormat, examples, out, print_plain, private_files
from flows.night.order import Order
from flows.night.verdict import NightResult, exit_code
from flows.service import prefect_server
from flows.service.serve_log import LogFormat
from pipelines.firm.files import make_private, write_private
from pipelines.firm.settings import Settings, load_settings

commands = typer.Typer()

STARTED = time.monotonic()


@commands.command(epilog=examples("run", "run harbor-law", "run harbor-law --as-of 2026-10-31"))
def run(
    firms: Annotated[list[str] | None, typer.Argument(help="The firms to run; all if you name none.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every list whole again, not just what changed.")] = False,
    accept_shrunk: Annotated[
        list[str] | None,
        typer.Option("--accept-shrunk", help="A list that really did lose records, such as clio.bills. Repeatable."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            help="Rebuild a past day, such as a month-end, into month-ends/.",
        ),
    ] = None,
    no_alerts: Annotated[bool, typer.Option("--no-alerts", help="Send no alerts.")] = False,
    config: ConfigOption = None,
    output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table,
) -> None:
    """One night now: read both systems, judge the books, say what changed.

    Exit status: 0 reconciled or pending, 1 exceptions, 2 usage, 3 incomplete.
    """
    settings = load_settings(config)
    chosen = [settings.firm(name).id for name in dict.fromkeys(firms or [])] or sorted(settings.firms)
    day = as_of.date() if as_of else None
    for name in chosen:
        days.require_past(settings.firm(name), day, "--as-of")
    if accept_shrunk:
        from pipelines.night import shrunk

        shrunk.read_names(accept_shrunk)
    private_files()
    named = tuple(accept_shrunk or ())
    orders = [Order(name, str(settings.path), full, day, named) for name in chosen]
    results = nights(orders)
    from flows.reading import report

    if not no_alerts:  # before anything is printed: whoever reads us may be gone, or the disk behind it full
        from flows import alerts

        for result in results:
            alerts.after_night(settings, result, datetime.now(UTC))
    if output is RunFormat.json:
        print_plain(json.dumps([result.as_json() for result in results], indent=2))
    else:
        report.print_nights(out, results)
        for result in results:
            if result.warehouse:
                report.print_bridge(out, report.read_bridge(Path(result.warehouse), result.firm_id))
        out.print(report.where_the_time_went(results, time.monotonic() - STARTED))
    raise typer.Exit(exit_code(results))


def nights(orders: list[Order]) -> list[NightResult]:
    """Through Prefect where a server is named, so that its pages show them; else by ourselves."""
    if os.environ.get("PREFECT_API_URL"):
        from flows.service.nightly import nightly

        return nightly(orders)
    from flows.night import by_hand

    with ThreadPoolExecutor(1) as meanwhile:
        meanwhile.submit(_get_ready_to_tell)
        return by_hand.run(orders)


def _get_ready_to_tell() -> None:
    """Import what comes after the nights, while other processes do them."""
    import flows.alerts
    import flows.reading.report  # noqa: F401


@commands.command(epilog=examples("serve", "serve --log-format json"))
def serve(
    config: ConfigOption = None,
    log_format: Annotated[LogFormat, typer.Option("--log-format", help="How each night's line is written.")] = (
        LogFormat.text
    ),
) -> None:
    """Run each firm's night at its own time, and tell people what changed, for as long as this runs."""
    settings = load_settings(config)
    prefect_server.require_our_packages(Path.cwd())
    server = _start_prefect(settings)
    from flows.service import serve as serving

    if server:
        server.wait_until_healthy()
    for firm in settings.firms.values():
        out.print(safe.for_terminal(serving.describe(firm)))
    pages = os.environ["PREFECT_API_URL"].removesuffix("/api")
    if server:
        key = Path(os.environ["PREFECT_HOME"]) / "pages.key"
        write_private(key, server.key)
        out.print(f"Prefect's pages: {pages}, open to anyone with the key in {escape(str(key))}", soft_wrap=True)
    else:
        out.print(f"Prefect's pages: {pages}")
    serving.serve(settings, log_format, lambda told: out.print(safe.for_terminal(told), soft_wrap=True))


def _start_prefect(settings: Settings) -> prefect_server.LocalServer | None:
    """Prefect's own database holds run logs: it lives beside the firms' data, owner-only, unless one is named. No
    process of it is started with the working directory among the places of modules: they get this environment."""
    private_files()
    home = make_private(make_private(settings.path.parent / settings.data_dir) / "prefect")
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    return prefect_server.start_unless_configured()
