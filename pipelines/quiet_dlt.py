"""dlt with its mouth shut: import it from here and nowhere else.

Law-firm data stays on this machine. Telemetry is off (``DO_NOT_TRACK`` is not honoured by dlt); files of finished
jobs and copies in staging schemas are removed; dlt's own log, which quotes rows in its errors, is not written. A
package that cannot be loaded is dropped at once and does not wait for the next night.
"""

from __future__ import annotations

import os

QUIET = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    "LOAD__AUTO_ABORT_ON_TERMINAL_ERROR": "true",
    "RESTORE_FROM_DESTINATION": "false",
    "LOAD__WORKERS": "1",
    "NORMALIZE__WORKERS": "1",
}
os.environ.update(QUIET)

import dlt  # noqa: E402
import dlt.hub  # noqa: E402
from dlt.common.configuration.utils import get_resolved_traces  # noqa: E402

# It keeps the error of an optional package that is not there, and with it whatever was under way when it was imported:
# all that the first night of a process read, for as long as the process lives.
if isinstance(kept := vars(dlt.hub).get("__exception__"), ImportError):
    kept.with_traceback(None)

__all__ = ["dlt", "get_resolved_traces"]
