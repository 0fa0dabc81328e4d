"""Nights by hand: `tieout run` where no Prefect server is named. The same steps in the same processes, and nobody else
is told: starting a server of Prefect's for one command takes longer than loading a small firm.
"""

import os
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from flows.night import journal
from flows.night.child import START
from flows.night.order import STEPS, Order
from flows.night.process import NightEndedError, NightProcess
from flows.night.progress import Steps
from flows.night.verdict import NightResult
from flows.night.worker import END_SECONDS
from pipelines.firm.settings import load_settings
from pipelines.night.warehouse import sweep


def run(orders: list[Order]) -> list[NightResult]:
    """The nights that were ordered; the results in the same order. As many side by side as there are cores, each
    process several firms in a row. When this is interrupted, every night under way is ended before it raises."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(orders)):
        waiting.put(number)
    processes = [NightProcess() for _ in range(min(len(orders), os.cpu_count() or 1))]
    results: dict[int, NightResult] = {}
    is_over = threading.Event()

    def nights_in_a_row(process: NightProcess) -> None:
        with suppress(queue.Empty), process:
            while not is_over.is_set():
                number = waiting.get_nowait()
                results[number] = _night(orders[number], process, is_alone=len(orders) == 1)

    with ThreadPoolExecutor(len(processes)) as pool:
        rows = [pool.submit(nights_in_a_row, process) for process in processes]
        try:
            while not all(row.done() for row in rows):
                time.sleep(0.02)  # a thread that is joined hears no Ctrl-C on every system
        except BaseException:
            is_over.set()
            for process in processes:
                process.end()
            wait(rows, END_SECONDS)
            for order in orders:
                sweep(load_settings(Path(order.config)).firm(order.firm_id))
            raise
    for row in rows:
        row.result()
    return [results[number] for number in range(len(orders))]


def _night(order: Order, process: NightProcess, *, is_alone: bool) -> NightResult:
    started_at, steps = datetime.now(UTC), Steps(order.firm_id, is_alone=is_alone)
    process.begin(order)
    with suppress(NightEndedError):
        for step in (START, *STEPS):
            with steps.take(step):
                process.until(step)
    firm = load_settings(Path(order.config)).firm(order.firm_id)
    return journal.kept(firm, process.finish().took(steps.seconds), started_at)
