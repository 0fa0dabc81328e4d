"""Search files for the secrets and tokens of the sandbox: each has a form that nothing else has."""

import re
from pathlib import Path

SECRET = re.compile(
    rb"sbx-(?:clio|xero)-(?:secret|refresh)-\w{8}|(?:clio-access|clio-refresh|clio-code|xero-refresh|xero-code|sig)-[\w-]{20}"
)
# Each way such a form begins: looking for these first is ten times as fast.
BEGINNINGS = (b"sbx-", b"clio-access-", b"clio-refresh-", b"clio-code-", b"xero-refresh-", b"xero-code-", b".sig-")
# Where a token set belongs, and nowhere else.
VAULT = "tokens.json"


def holds_secret(content: bytes) -> bool:
    """Whether a secret or token stands in it."""
    return any(beginning in content for beginning in BEGINNINGS) and SECRET.search(content) is not None


def secrets_in(folder: Path) -> list[str]:
    """Files below a folder that hold a secret where none may stand: logs, traces, artifacts, states, warehouses."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and path.name != VAULT)
    return sorted(str(path.relative_to(folder)) for path in files if holds_secret(path.read_bytes()))
