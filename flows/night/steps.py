"""One firm's night, from its lock to the published warehouse: load, build, judge, publish, in that order and no more.

This is the night itself. Where it runs and who watches over it is `flows.night.process`; what Prefect is told of it is
`flows.service.nightly`; what the command line does with it is `flows.night.by_hand`. All of them drive these steps and
no others.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.days import today_of
from flows.escape import plain
from flows.night import verdict
from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.project import digest_of_project
from flows.night.verdict import NightResult
from pipelines.errors import TieoutError, TryAgain, UsageError
from pipelines.firm.files import full_disk
from pipelines.firm.secrets import scrubbed
from pipelines.firm.settings import Firm, load_settings
from pipelines.load import load_night
from pipelines.night.warehouse import open_night, write_private

Done = Callable[[str, str], None]


def night_of(order: Order, done: Done, builder: Builder) -> NightResult:
    """The night that was ordered; `done` hears of each step that ended, with a sentence about it.

    Every failure is this firm's alone and ends as `incomplete`: nothing is raised but the end of the process.
    """
    started = time.monotonic()
    firm = load_settings(Path(order.config)).firm(order.firm_id)
    past_day = order.as_of if order.as_of and order.as_of < today_of(firm) else None
    try:
        result = _run(firm, order, past_day, done, builder)
    except Exception as error:
        result = incomplete(firm, error)
    seconds = round(time.monotonic() - started, 1)
    return replace(result, seconds=seconds, rebuilt_as_of=past_day.isoformat() if past_day else None)


def _run(firm: Firm, order: Order, past_day: date | None, done: Done, builder: Builder) -> NightResult:
    with open_night(firm) as night:
        built_by = digest_of_project()
        builder.get_ready(night.work_file, firm.folder / "dbt")
        loaded = load_night(
            firm,
            night,
            full=order.full,
            day=past_day,
            accept_shrunk=order.accept_shrunk,
            built_by=built_by,
        )
        done(
            "load",
            f"{loaded.rows_loaded} rows, {loaded.calls_clio} Clio calls, {loaded.calls_xero} Xero calls, "
            f"mode {loaded.mode}",
        )
        built = builder.build(night.work_file, firm.folder / "dbt", loaded.as_before)
        verdict.require_sound(built)
        done(
            "build",
            f"{built.nodes} nodes, {built.left} as they were, tie-outs that found something: "
            f"{len(built.tie_outs_failed)}",
        )
        statement = verdict.read_statement(night.work_file, firm.id, night.run_id)
        warehouse = night.publish_month_end(past_day) if past_day else night.publish()
        done("publish", str(warehouse))
    return NightResult(
        firm.id,
        night.run_id,
        statement["verdict"],
        tuple(night.notes),
        warehouse=str(warehouse),
        statement=statement,
        mode=loaded.mode,
        tie_outs_failed=built.tie_outs_failed,
    )


def incomplete(firm: Firm, error: Exception) -> NightResult:
    """A night that failed, in a sentence. The text of an error that nobody foresaw may quote a client's record: it
    stays in the firm's folder. A secret that it quotes stays nowhere."""
    no_room = full_disk(error, firm.folder)
    if no_room is not None and not isinstance(error, TieoutError):
        error, no_room = no_room, None
    if isinstance(error, TieoutError):
        reasons = [str(error), *([str(no_room)] if no_room else [])]
        return NightResult(
            firm.id,
            None,
            verdict.INCOMPLETE,
            tuple(plain(reason) for reason in reasons),
            is_usage_error=isinstance(error, UsageError),
            can_try_again=isinstance(error, TryAgain),
        )
    log = firm.folder / "failure.log"
    try:
        said = scrubbed("".join(traceback.format_exception(error)))
        write_private(log, said.encode("utf-8", "replace").decode())
        where = f"the details are in {log}"
    except (OSError, TieoutError):
        where = f"its details could not be written to {log}"
    return NightResult(firm.id, None, verdict.INCOMPLETE, (f"Unexpected {type(error).__name__}; {where}.",))
