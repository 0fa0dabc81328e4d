"""Both systems at the same time, each through its own dlt source; when one fails the other stops at its next call.

Loaded is afterwards, one system after the other: DuckDB has one writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.api.http import Transport
from pipelines.errors import TieoutError
from pipelines.night.books import Books
from pipelines.tables.found import Records


@dataclass
class Extracted:
    """Packages ready to load, and the records to lay over them afterwards."""

    pipelines: list[Any]
    again: list[tuple[Books, Records]]

    def load(self) -> None:
        """Put what was extracted into the tables; of a system of which nothing changed, nothing was."""
        for pipeline in self.pipelines:
            packages = map(pipeline.get_load_package_info, pipeline.list_extracted_load_packages())
            if any(package.jobs["new_jobs"] for package in packages):
                pipeline.normalize()
                pipeline.load(raise_on_failed_jobs=True)


def extract(connection: duckdb.DuckDBPyConnection, books: list[Books], folder: Path, transport: Transport) -> Extracted:
    """Read both systems."""
    # dlt takes a second to import, and most commands do without it.
    from pipelines.clio.source import clio_source
    from pipelines.xero.source import xero_source

    again: list[tuple[Books, Records]] = []

    def read_clio() -> Any:
        readers = [lambda one, firm=firm: firm.changed(firm.clio.read(one)) for firm in books]
        return _extracted(clio_source(readers), connection, folder)

    def read_xero() -> Any:
        readers = [lambda one, firm=firm: firm.changed(firm.xero.read(one)) for firm in books]
        pipeline = _extracted(xero_source(readers), connection, folder)
        again.extend((one, records) for one in books for records in one.xero.read_again())
        return pipeline

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(read_clio), pool.submit(read_xero)]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        if any(future.exception() for future in done):
            transport.stop()
    _raise_first(futures)
    return Extracted([future.result() for future in futures], again)


def _raise_first(futures: Sequence[Future[Any]]) -> None:
    """Raise what went wrong first, without dlt's wrapping, which may quote rows."""
    errors = [error for future in futures if (error := future.exception())]
    ours = [found for error in errors if (found := _our_error(error)) is not None]
    real = [error for error in ours if not isinstance(error, Transport.Stopped)]
    if real:
        raise real[0] from None
    if errors:
        raise errors[0]


def _our_error(error: BaseException | None) -> TieoutError | None:
    while error is not None:
        if isinstance(error, TieoutError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _extracted(source: Any, connection: duckdb.DuckDBPyConnection, folder: Path) -> Any:
    """One pipeline's extract step. It loads through our connection: opening the file anew for each table costs
    seconds."""
    from pipelines.quiet_dlt import dlt

    pipeline = dlt.pipeline(
        source.name,
        pipelines_dir=str(folder / source.name),
        destination=dlt.destinations.duckdb(connection, preferred_loader_file_format="parquet"),
        dataset_name=source.name,
    )
    pipeline.extract(source)
    return pipeline
