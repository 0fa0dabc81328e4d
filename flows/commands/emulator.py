"""The sandbox, which is a program of its own."""

import os
import subprocess
import sys
from importlib.util import find_spec

import typer

from pipelines.errors import UsageError

commands = typer.Typer()


@commands.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def sandbox(context: typer.Context) -> None:
    """A local emulator of both APIs, with invented firms (`tieout sandbox --help` for its options)."""
    if find_spec("faker") is None:
        raise UsageError("What only the sandbox needs is not installed: `pip install 'tieout[sandbox]'` adds it.")
    command = [sys.executable, "-P", "-m", "sandbox", *context.args]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606  (in this process, so that what ends it ends the sandbox)
    raise typer.Exit(subprocess.run(command, check=False).returncode)
