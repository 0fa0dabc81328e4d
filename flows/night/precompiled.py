"""What dbt makes of the project before it has seen any books, kept for the processes to come: the project as it is
parsed, and its templates as Python's code.

Both are the same every night of every firm, and making them is a third of a small build. They stand inside the project,
where dbt by hand leaves what it makes of it, and not among a firm's files: nothing of a firm is in them, and they are
code, so who may write them must be who may change the project. Client money must never be judged by the SQL of
yesterday's version: each is sealed with the digest of all that decides it (`flows.night.project`), so what another
version left, or a disk damaged, counts as nothing. Whatever keeps it from being kept or read, it is made again.
"""

import hashlib
import marshal
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flows.night.project import PROJECT, TARGET, digest_of_project, digest_on_disk
from pipelines.firm.files import sweep, write_out

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

T = TypeVar("T")

SEAL = hashlib.sha256().digest_size
PLACE = PROJECT / TARGET


class Kept(Generic[T]):
    """One such thing, in a file. Its seal tells as well where the project stands: paths are part of what is parsed."""

    def __init__(self, name: str, dump: Callable[[T], bytes], load: Callable[[bytes], T]) -> None:
        self._file = PLACE / name
        self._dump, self._load = dump, load
        self._made_of = f"{digest_of_project()} {PROJECT}\n".encode()

    def read(self) -> T | None:
        """What an earlier process made, or None where nothing is kept that is of this project as it is."""
        with suppress(Exception):  # it is made again, whatever it is
            sealed = self._file.read_bytes()
            if sealed[:SEAL] == self._seal(sealed[SEAL:]) and digest_on_disk() == digest_of_project():
                return self._load(sealed[SEAL:])
        return None

    def write(self, made: T) -> None:
        """Keep this instead, unless the project is not any more what it was when this process first looked: what was
        made meanwhile may be of either."""
        with suppress(Exception):  # a night does not end for want of what only makes the next one shorter
            content = self._dump(made)
            if digest_on_disk() == digest_of_project():
                PLACE.mkdir(exist_ok=True)
                sweep(self._file)
                write_out(self._file, self._seal(content) + content)

    def _seal(self, content: bytes) -> bytes:
        return hashlib.sha256(self._made_of + content).digest()


def manifest_for(work_file: Path) -> Kept["Manifest"]:
    """The project as it is parsed for a work file, whose name is in the name of every table."""
    return Kept(f"{work_file.name}.manifest", _taken_apart, _put_together)


def _taken_apart(manifest: "Manifest") -> bytes:
    """Its public fields by name. dbt's own way to pickle a manifest leaves one out, which shifts those that follow."""
    names = [field.name for field in fields(manifest) if not field.name.startswith("_")]
    return pickle.dumps({name: getattr(manifest, name) for name in names})


def _put_together(content: bytes) -> "Manifest":
    from dbt.contracts.graph.manifest import Manifest

    return Manifest(**pickle.loads(content))  # noqa: S301  (ours: sealed, and beside the code)


class Templates:
    """The code of each template by the kind of its environment and its text, of earlier processes and of this one."""

    def __init__(self) -> None:
        self._kept: Kept[dict[str, CodeType]] = Kept("templates", marshal.dumps, marshal.loads)
        self._code = self._kept.read() or {}
        self._known = len(self._code)

    def install(self) -> None:
        """From now on dbt compiles no template of which the code is here. All environments of one kind read a text
        alike."""
        from dbt_common.clients.jinja import MacroFuzzEnvironment as Environment

        compiled = Environment.compile

        def compiled_once(environment: Environment, source: Any) -> Any:
            if not isinstance(source, str):
                return compiled(environment, source)
            name = f"{type(environment).__qualname__}\n{source}"
            if name not in self._code:
                self._code[name] = compiled(environment, source)
            return self._code[name]

        Environment.compile = compiled_once  # type: ignore[assignment, method-assign]

    def keep(self) -> None:
        """Write them down, if there are new ones."""
        if len(self._code) > self._known:
            self._kept.write(self._code)
            self._known = len(self._code)
