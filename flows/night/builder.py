"""A process beside the night's in which dbt builds, so that dbt is ready when the load is.

Importing dbt takes as long as loading a small firm, and both are work for one core: in one process each would slow the
other down. The process stays for the nights that follow, and so does what it parsed.
"""

import gc
import sys
import traceback
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flows.night.precompiled import Templates
from flows.night.worker import Worker, at_work
from pipelines.errors import GiveUp, TryAgain

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

    from flows.night.build import BuildResult


class Builder:
    """The side of who wants a build. Where the process died, another takes its place."""

    def __init__(self) -> None:
        self._worker = _start()

    def __enter__(self) -> "Builder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._worker.end()

    def get_ready(self, work_file: Path, target: Path) -> None:
        """Begin to parse the project for a build, and wait for nothing. One that cannot be parsed is for `build` to
        tell."""
        if not self._worker.can_go_on:
            self._worker.end()
            self._worker = _start()
        self._order(work_file, target, is_ready=False)

    def build(self, work_file: Path, target: Path, as_before: Collection[str] = ()) -> "BuildResult":
        """`flows.night.build.build`, there. Nobody else may have the work file open.

        Raises what that raises, TryAgain where the process died, and RuntimeError with the traceback of what nobody
        foresaw.
        """
        from flows.night.build import BuildResult

        self._order(work_file, target, is_ready=True, as_before=sorted(as_before))
        event = self._worker.event()
        if "built" in event:
            return BuildResult.from_json(event["built"])
        if "given up" in event:
            raise GiveUp(event["given up"])
        if "failed" in event:
            raise RuntimeError(event["failed"])
        raise TryAgain(f"The process in which dbt builds ended before it was done ({event['ended']}).")

    def _order(self, work_file: Path, target: Path, **order: Any) -> None:
        self._worker.order({"work_file": str(work_file), "target": str(target), **order})


def _start() -> Worker:
    return Worker("flows.night.builder", leads=False)


class _NoPandas:
    """Among the finders of modules, one that says of pandas that it is not there."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is left out here", name=name)


def without_pandas() -> None:
    """Let Arrow find in this process that there is no pandas. It looks once, with its first array, to know the objects
    of pandas when it is given one: here it never is, and the import is a twelfth of a small build and 45 MiB."""
    sys.meta_path.insert(0, _NoPandas)
    try:
        import pyarrow as pa

        pa.array([])
    finally:
        sys.meta_path.remove(_NoPandas)


def main() -> None:
    """The side of the process that builds."""
    orders, tell = at_work()
    templates = Templates()
    without_pandas()
    from flows.night import build as dbt

    dbt.prepare()
    manifest: Manifest | None = None
    for order in orders:
        work_file, target = Path(order["work_file"]), Path(order["target"])
        event: dict[str, Any] = {}
        try:
            if not manifest:
                manifest = dbt.parse(work_file, target)
                templates.install()  # after the parsing, whose thousands nobody needs again
            if order["is_ready"]:
                if not order["as_before"]:
                    gc.enable()  # the garbage of a build of everything is a hundred megabytes
                built = dbt.build(work_file, target, manifest=manifest, as_before=order["as_before"])
                event = {"built": asdict(built)}
        except GiveUp as error:
            event = {"given up": str(error)}
        except Exception:
            event = {"failed": traceback.format_exc()}
        if order["is_ready"]:
            tell(event)
            templates.keep()
            gc.collect()
            gc.disable()
            if not gc.get_freeze_count():
                gc.freeze()  # what it parsed stays, with all that was imported


if __name__ == "__main__":
    main()
