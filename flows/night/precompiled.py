"""What dbt makes of the project before it has seen any books, kept for the processes to come: the project as it is
parsed, and its templates as Python's code.

Both are the same every night of every firm, and making them is a third of a small build. They stand inside the project,
where dbt by hand leaves what it makes of it, and not among a firm's files: nothing of a firm is in them, and they are
code, so who may write them must be who may change the project. Client money must never be judged by the SQL of
yesterday's version: each is sealed with the digest of all that decides it (`flows.night.project`), so what another
version left, or a disk damaged, counts as nothing. Where nothing may be written, everything is made again.
"""

import hashlib
import marshal
import pickle
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from flows.night.project import PROJECT, TARGET, digest_of_project, digest_on_disk
from pipelines.errors import GiveUp
from pipelines.firm.files import write_out

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

SEAL = hashlib.sha256().digest_size
PLACE = PROJECT / TARGET


def parsed(work_file: Path, target: Path) -> "Manifest":
    """`flows.night.build.parse`, or what that came to in an earlier process. What it came to names the work file, and
    the folder of the project."""
    from flows.night.build import parse

    kept = _Kept("manifest", f"{work_file.name} {PROJECT}")
    if content := kept.read():
        manifest: Manifest = pickle.loads(content)  # noqa: S301 (ours: sealed, and beside the code)
        return manifest
    manifest = parse(work_file, target)
    kept.write(pickle.dumps(manifest))
    return manifest


class Templates:
    """Each template's code by the kind of environment and the text that it was made of, those of earlier processes
    and this one's. Where Jinja compiles, it takes from here."""

    def __init__(self) -> None:
        self._kept = _Kept("templates")
        content = self._kept.read()
        self._code: dict[str, CodeType] = marshal.loads(content) if content else {}  # noqa: S302 (the same)
        self._known = len(self._code)

    def install(self) -> None:
        """From now on, for all of Jinja in this process."""
        from jinja2 import Environment

        compiled = Environment.compile

        def compiled_once(environment: Environment, source: Any, *named: Any, **how: Any) -> Any:
            if not isinstance(source, str) or named or how:
                return compiled(environment, source, *named, **how)
            kind = type(environment)
            name = "\n".join((kind.__module__, kind.__qualname__, *sorted(environment.extensions), source))
            if name not in self._code:
                self._code[name] = compiled(environment, source)
            return self._code[name]

        Environment.compile = compiled_once  # type: ignore[assignment, method-assign]

    def keep(self) -> None:
        """Write them down, if there are new ones."""
        if len(self._code) > self._known:
            self._kept.write(marshal.dumps(self._code))
            self._known = len(self._code)


class _Kept:
    """One sealed file. What it is made of beside the project goes into the seal as well."""

    def __init__(self, kind: str, made_of: str = "") -> None:
        self._file = PLACE / f"tieout.{kind}"
        self._made_of = f"{digest_of_project()} {made_of}\n".encode()

    def read(self) -> bytes | None:
        """What was kept, or None where nothing is, or nothing of this version."""
        try:
            sealed = self._file.read_bytes()
        except OSError:
            return None
        content = sealed[SEAL:]
        return content if sealed[:SEAL] == self._seal(content) else None

    def write(self, content: bytes) -> None:
        """Keep this instead, unless the project was changed since this process first looked: what it made then may
        be of either."""
        if digest_on_disk() != digest_of_project():
            return
        with suppress(GiveUp, OSError):
            PLACE.mkdir(exist_ok=True)
            write_out(self._file, self._seal(content) + content)

    def _seal(self, content: bytes) -> bytes:
        return hashlib.sha256(self._made_of + content).digest()
