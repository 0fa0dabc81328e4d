"""`tieout sandbox`: both APIs on loopback until interrupted."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Sequence

from sandbox.firms.catalogue import firm_named, names, story_of
from sandbox.serving.server import Sandbox
from sandbox.shared.limits import Limits
from sandbox.shared.served import ServedFirm


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tieout sandbox",
        description="A local emulator of Clio Manage v4 and the Xero Accounting API, with invented firms.",
    )
    parser.add_argument("--port-clio", type=int, default=0, metavar="N", help="default: any free port")
    parser.add_argument("--port-xero", type=int, default=0, metavar="N", help="default: any free port")
    parser.add_argument("--firm", default="demo", metavar="NAME", help="demo (the default) or a scenario")
    parser.add_argument("--list", action="store_true", help="list the names that --firm takes, and stop")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    chosen = arguments(sys.argv[1:] if argv is None else argv)
    if chosen.list:
        print("\n".join(names()))
        return 0
    try:
        key, firm = firm_named(chosen.firm)
    except KeyError:
        print(f"No firm is called {chosen.firm!r}; --list shows those there are.", file=sys.stderr)
        return 2
    limits = Limits.off() if chosen.no_limits else Limits()
    with Sandbox(
        {key: firm},
        port_clio=chosen.port_clio,
        port_xero=chosen.port_xero,
        limits=limits,
        control=True,
    ) as sandbox:
        print(guide(sandbox, key, story_of(chosen.firm)), flush=True)
        wait_for_interrupt()
    return 0


def links(firm: ServedFirm, key: str) -> list[str]:
    """What people said in this firm, as the commands that say it."""
    return [
        shlex.join(
            [
                *("tieout", "link", key, row["clio_bill_id"], row["xero_invoice_id"]),
                *("--by", row["decided_by"], "--reason", row["reason"]),
            ]
        )
        for row in getattr(firm, "matches", ())
    ]


def guide(sandbox: Sandbox, key: str, story: str) -> str:
    """What the firm is about, where the sandbox listens, and how to point tieout at it."""
    said = links(sandbox.firms[0], key)
    exports = [f"export {name}={shlex.quote(value)}" for name, value in sandbox.environment().items()]
    return "\n".join(
        [
            f"{key}: {story}",
            f"Clio listens on {sandbox.clio_url}",
            f"Xero listens on {sandbox.xero_url}",
            "",
            "# tieout.toml",
            sandbox.config_toml("data"),
            "# the environment",
            *exports,
            "",
            f"Then: tieout run {key}",
            *(["After the first night, what people said in this firm:", *said] if said else []),
            "Interrupt (Ctrl-C) to stop.",
        ]
    )


def wait_for_interrupt() -> None:
    """Sleep until Ctrl-C or a polite kill."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
