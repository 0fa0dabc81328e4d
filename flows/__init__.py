"""The night: load, build, judge, publish, report. Reads the pipelines and the published tables, never the sandbox.

Prefect and dbt read their telemetry switches when they are imported or started, so they are set here, before
anything else of this package can import them: the data is a law firm's.
"""

import os

os.environ.update(
    {
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }
)
# Runs older than 90 days go, with their logs and artifacts: worklists are clients' data, and disks are finite.
os.environ.setdefault("PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED", "events,flow_runs,orphans")
# Seconds until a place that became free is taken: with many firms waiting, Prefect's ten add up.
os.environ.setdefault("PREFECT_RUNNER_POLL_FREQUENCY", "2")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
