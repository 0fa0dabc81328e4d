"""The nightly flow: what Prefect knows of each firm's night, step by step.

`nightly` runs one sub-flow per firm, and a firm that fails stops no other. The night itself runs in a process of its
own (`flows.night.process`), which `tieout serve` lends where it runs (`flows.service.lending`); the tasks here wait for
its steps. A sub-flow ends in a state named after its verdict: *Reconciled*, *Pending* and *Exceptions* are completed
(the product worked), *Incomplete* is failed (nothing was published, people keep last night's books). Each leaves a
Markdown artifact with its statement and worklist, so that the Prefect UI tells the story. Tasks have names and no tags:
Prefect asks its server for a place per tag before each task, which costs more than the task.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.night import journal, verdict
from flows.night.order import STEPS, Order
from flows.night.process import NightEndedError, NightProcess
from flows.night.verdict import NightResult
from flows.reading.report import markdown_report, read_worklist
from flows.service.lending import borrowed
from pipelines.firm.settings import load_settings


@task(name="step", task_run_name="{step} {firm_id}", cache_policy=NO_CACHE)
def step_of_night(step: str, firm_id: str, night: NightProcess) -> None:
    """One step of the night, as long as it takes."""
    get_run_logger().info(night.until(step))


@task(name="report", task_run_name="report {result.firm_id}", cache_policy=NO_CACHE)
def report_night(result: NightResult) -> None:
    """A Markdown artifact with the verdict, the figures and the worklist."""
    rows = read_worklist(Path(result.warehouse), result.firm_id) if result.warehouse else []
    create_markdown_artifact(
        key=f"night-{result.firm_id.replace('_', '-')}",
        markdown=markdown_report(result, rows),
        description=result.verdict,
    )


@flow(name="reconcile-firm", flow_run_name="{order.firm_id}", validate_parameters=False)
def reconcile_firm(order: Order, night: NightProcess) -> State[NightResult]:
    """One firm's night; the state's name is the verdict and its data the NightResult, which `night` keeps too."""
    started_at = datetime.now(UTC)
    night.begin(order)
    with suppress(NightEndedError):
        for step in STEPS:
            step_of_night.with_options(name=step)(step, order.firm_id, night)
    firm = load_settings(Path(order.config)).firm(order.firm_id)
    night.result = result = journal.kept(firm, night.finish(), started_at)
    report_night(result)
    state = Failed if result.verdict == verdict.INCOMPLETE else Completed
    return state(name=result.verdict.capitalize(), message=f"{order.firm_id}: {result.verdict}", data=result)


@task(name="night", task_run_name="night of {order.firm_id}", cache_policy=NO_CACHE)
def night_of_firm(order: Order) -> NightResult:
    """One firm's sub-flow and what it came to; one that Prefect itself could not run is incomplete too."""
    with NightProcess(start=borrowed) as night:
        state = reconcile_firm(order, night, return_state=True)
        return night.result or NightResult(
            order.firm_id, None, verdict.INCOMPLETE, (f"Prefect ended the night as {state.name}.",)
        )


@flow(
    name="tieout-nightly",
    validate_parameters=False,
    task_runner=ThreadPoolTaskRunner(max_workers=os.cpu_count() or 1),  # type: ignore[arg-type]
)
def nightly(orders: list[Order]) -> list[NightResult]:
    """The nights that were ordered; the results in the same order. Several firms run side by side, each in a process of
    its own, as many at once as there are cores: each has its own tokens and its own limits at Clio and Xero."""
    if len(orders) == 1:
        return [night_of_firm.fn(orders[0])]
    return [future.result() for future in [night_of_firm.submit(order) for order in orders]]
