"""The nightly flow: for each firm load, build, judge, publish, report, in that order and nothing more.

`nightly` runs one sub-flow per firm, and a firm that fails stops no other. A sub-flow ends in a state named after
its verdict: *Reconciled*, *Pending* and *Exceptions* are completed (the product worked), *Incomplete* is failed
(nothing was published, people keep last night's books). Each leaves a Markdown artifact with its statement and
worklist, so that the Prefect UI tells the story.
"""

import contextlib
import os
import time
import traceback
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from prefect.task_runners import ProcessPoolTaskRunner

from flows import journal, verdict
from flows.build import BuildResult, build
from flows.days import today_of
from flows.progress import Steps
from flows.report import markdown_report, read_worklist
from flows.verdict import NightResult
from pipelines.errors import TieoutError, TryAgain, UsageError
from pipelines.files import full_disk
from pipelines.load import LoadReport, load_night
from pipelines.settings import Firm, load_settings
from pipelines.warehouse import Night, open_night, write_private

# What a sub-flow came to, by firm, until its caller takes it: a state may come back from a busy API without its data.
_ended: dict[str, NightResult] = {}


@task(name="load", task_run_name="load {firm.id}", tags=["load"], cache_policy=NO_CACHE)
def load_books(firm: Firm, night: Night, full: bool, as_of: date | None = None) -> LoadReport:
    """Clio's and Xero's lists into tonight's work file."""
    report = load_night(firm, night, full=full, day=as_of)
    get_run_logger().info(
        "%s rows, %s Clio calls, %s Xero calls, mode %s",
        report.rows_loaded,
        report.calls_clio,
        report.calls_xero,
        report.mode,
    )
    return report


@task(name="build", task_run_name="build {firm.id}", tags=["build"], cache_policy=NO_CACHE)
def build_models(firm: Firm, night: Night) -> BuildResult:
    """dbt over the work file; our own checks must hold."""
    built = build(night.work_file, firm.folder / "dbt")
    get_run_logger().info(
        "%s nodes in %.1f s, tie-outs that found something: %s",
        built.nodes,
        built.seconds,
        len(built.tie_outs_failed),
    )
    verdict.require_sound(built)
    return built


@task(name="publish", task_run_name="publish {night.firm.id}", tags=["publish"], cache_policy=NO_CACHE)
def publish(night: Night, month_end: date | None = None) -> Path:
    """The work file becomes the firm's warehouse, by rename; one rebuilt as of a past day, that month-end's file."""
    return night.publish_month_end(month_end) if month_end else night.publish()


@task(name="report", task_run_name="report {result.firm_id}", tags=["report"], cache_policy=NO_CACHE)
def report_night(result: NightResult) -> None:
    """A Markdown artifact with the verdict, the figures and the worklist."""
    rows = read_worklist(Path(result.warehouse), result.firm_id) if result.warehouse else []
    create_markdown_artifact(
        key=f"night-{result.firm_id.replace('_', '-')}",
        markdown=markdown_report(result, rows),
        description=result.verdict,
    )


def run_night(firm: Firm, full: bool, as_of: date | None = None) -> NightResult:
    """One firm's night from lock to published warehouse. Raises what its steps raise; then nothing is published."""
    steps = Steps(firm.id)
    rebuilt = as_of if as_of and as_of < today_of(firm) else None
    with open_night(firm) as night:
        with steps.take("load"):
            loaded = load_books(firm, night, full, rebuilt)
        with steps.take("build"):
            built = build_models(firm, night)
        statement = verdict.read_statement(night.work_file, firm.id, night.run_id)
        with steps.take("publish"):
            warehouse = publish(night, rebuilt)
    return NightResult(
        firm.id,
        night.run_id,
        statement["verdict"],
        tuple(night.notes),
        warehouse=str(warehouse),
        statement=statement,
        mode=loaded.mode,
        calls_floor=loaded.calls_floor,
        steps=steps.seconds,
        tie_outs_failed=built.tie_outs_failed,
    )


def _incomplete(firm: Firm, error: Exception) -> NightResult:
    no_room = full_disk(error, firm.folder)
    if no_room is not None and not isinstance(error, TieoutError):
        error, no_room = no_room, None
    if isinstance(error, TieoutError):
        return NightResult(
            firm.id,
            None,
            verdict.INCOMPLETE,
            (str(error), *([str(no_room)] if no_room else [])),
            is_usage_error=isinstance(error, UsageError),
            can_try_again=isinstance(error, TryAgain),
        )
    # The text of an error we did not foresee may quote a client's record: it stays in the firm's folder.
    log = firm.folder / "failure.log"
    with contextlib.suppress(TieoutError):
        write_private(log, "".join(traceback.format_exception(error)))
    return NightResult(
        firm.id, None, verdict.INCOMPLETE, (f"Unexpected {type(error).__name__}; the details are in {log}.",)
    )


@flow(name="reconcile-firm", flow_run_name="{firm_id}", validate_parameters=False)
def reconcile_firm(
    firm_id: str, full: bool = False, config: str | None = None, as_of: date | None = None
) -> State[NightResult]:
    """One firm's night; the state's name is the verdict and its data the NightResult."""
    firm = load_settings(Path(config) if config else None).firm(firm_id)
    started, started_at = time.monotonic(), datetime.now(UTC)
    try:
        result = run_night(firm, full, as_of)
    except Exception as error:  # every failure is this firm's alone, and ends as `incomplete`
        result = _incomplete(firm, error)
    if as_of and as_of < today_of(firm):
        result = replace(result, rebuilt_as_of=as_of.isoformat())
    result = journal.kept(firm, result.lasting(time.monotonic() - started), started_at)
    _ended[firm_id] = result
    report_night(result)
    state = Failed if result.verdict == verdict.INCOMPLETE else Completed
    return state(name=result.verdict.capitalize(), message=f"{firm_id}: {result.verdict}", data=result)


def _night(firm_id: str, full: bool, config: str | None, as_of: date | None) -> NightResult:
    """One firm's sub-flow and what it came to; one that Prefect itself could not run is incomplete too."""
    state = reconcile_firm(firm_id, full, config, as_of, return_state=True)
    ended = _ended.pop(firm_id, None)
    return ended or NightResult(firm_id, None, verdict.INCOMPLETE, (f"Prefect ended the night as {state.name}.",))


@task(name="night", task_run_name="night of {firm_id}", tags=["night"], cache_policy=NO_CACHE)
def _night_beside_others(firm_id: str, full: bool, config: str | None, as_of: date | None) -> NightResult:
    return _night(firm_id, full, config, as_of)


@flow(
    name="tieout-nightly",
    validate_parameters=False,
    task_runner=ProcessPoolTaskRunner(max_workers=os.cpu_count() or 1),  # type: ignore[arg-type]
)
def nightly(
    firm_ids: list[str], full: bool = False, config: str | None = None, as_of: date | None = None
) -> list[NightResult]:
    """The night of each named firm; the results in the same order. Several firms run side by side, each in a process
    of its own, as many at once as there are cores: each has its own tokens and its own limits at Clio and Xero."""
    if len(firm_ids) == 1:
        return [_night(firm_ids[0], full, config, as_of)]
    futures = [_night_beside_others.submit(firm_id, full, config, as_of) for firm_id in firm_ids]
    return [_outcome(firm_id, future) for firm_id, future in zip(firm_ids, futures, strict=True)]


def nights(firm_ids: list[str], full: bool, config: str, as_of: date | None = None) -> list[NightResult]:
    """The same for a command: where Prefect itself breaks, as on a full disk, what the nights came to all the same."""
    try:
        return nightly(firm_ids, full, config, as_of)
    except Exception as error:
        broke = f"Prefect could not run the night ({type(error).__name__})."
        settings = load_settings(Path(config))
        no_room = full_disk(error, settings.data_dir)
        reasons = (broke, str(no_room)) if no_room else (broke,)
        lost = {one: NightResult(one, None, verdict.INCOMPLETE, reasons) for one in firm_ids}
        return [_ended.pop(one, lost[one]) for one in firm_ids]


def _outcome(firm_id: str, future: PrefectFuture[NightResult]) -> NightResult:
    """What a process came to; one that died is this firm's incomplete night alone."""
    try:
        return future.result()
    except Exception as error:
        return NightResult(firm_id, None, verdict.INCOMPLETE, (f"The night's process ended ({type(error).__name__}).",))
