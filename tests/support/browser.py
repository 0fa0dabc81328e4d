"""A person at a browser: opens addresses in headless Chromium, presses buttons, writes into fields, looks.

Run as `python tests/support/browser.py BUTTON URL`, also as the BROWSER of a command. It speaks WebDriver to
chromedriver.
"""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def press(button: str, url: str) -> str:
    """Open the address, press the button with this id, and return the text of the page that says it is done."""
    with browser() as one:
        one.open(url)
        one.click(f"#{button}")
        deadline = time.monotonic() + 20
        while "close this window" not in (page := one.source):
            assert time.monotonic() < deadline, page[:500]
            time.sleep(0.1)
        return page


@contextmanager
def browser(*arguments: str) -> Iterator[Browser]:
    """A Chromium with a new profile, for as long as the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as profile, subprocess.Popen([str(DRIVER), f"--port={port}"]) as driver:
        try:
            options = {"binary": CHROMIUM, "args": [*ARGUMENTS, *arguments, f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            url = f"http://127.0.0.1:{port}/session"
            session = f"{url}/{_ask('POST', url, wanted)['sessionId']}"
            try:
                yield Browser(session)
            finally:
                requests.delete(session, timeout=20)
        finally:
            driver.terminate()


class Browser:
    """One window."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, url: str) -> None:
        """Go to an address and wait until the page is loaded."""
        self._leave(url, "url", {"url": url})

    def click(self, selector: str) -> None:
        """Press the first thing that matches, and wait until the page that it leads to is loaded."""
        self._leave(selector, f"element/{self._find(selector)}/click", {})

    def write(self, selector: str, text: str) -> None:
        """Type into a field, or press keys on whatever matches."""
        _ask("POST", f"{self._session}/element/{self._find(selector)}/value", {"text": text})

    def run(self, script: str, *values: Any) -> Any:
        """What a script gives back."""
        return _ask("POST", f"{self._session}/execute/sync", {"script": script, "args": list(values)})

    def wait_for(self, script: str, *values: Any) -> Any:
        """What a script calls back with."""
        return _ask("POST", f"{self._session}/execute/async", {"script": script, "args": list(values)})

    def devtools(self, command: str, **parameters: Any) -> Any:
        """A command of Chromium's own, such as what it prefers and how wide it is."""
        return _ask("POST", f"{self._session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def looks(self, width: int, height: int = 900, *, is_dark: bool = False) -> None:
        """How wide the page is shown, and whether its reader prefers the dark."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.devtools("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path) -> None:
        """The whole page as a PNG."""
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    @property
    def text(self) -> str:
        """What the page says to its reader."""
        return str(self.run("return document.body.innerText"))

    @property
    def address(self) -> str:
        """Where the window is."""
        return str(_ask("GET", f"{self._session}/url"))

    @property
    def source(self) -> str:
        """The page's HTML."""
        return str(_ask("GET", f"{self._session}/source"))

    def _leave(self, what: str, command: str, body: dict[str, Any]) -> None:
        """Do what leads to another page, and wait for all of that: on a busy machine the driver itself comes back while
        the page is still being read."""
        self.run("document.documentElement.dataset.left = 'yes'")
        _ask("POST", f"{self._session}/{command}", body)
        deadline = time.monotonic() + 20
        is_under_way = "return 'left' in document.documentElement.dataset || document.readyState !== 'complete'"
        while self.run(is_under_way):
            assert time.monotonic() < deadline, f"{what} led to no other page"
            time.sleep(0.02)

    def _find(self, selector: str) -> str:
        found = _ask("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        return str(found[ELEMENT])


def look(url: str, width: int, script: str, picture: str | None = None) -> Any:
    """Open the address in a window of this width, and return what the script returns there; with a picture of it."""
    with browser() as one:
        one.looks(width)
        one.open(url)
        if picture:
            one.picture(Path(picture))
        return one.run(script)


def _ask(method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    """One WebDriver command; the driver itself may take a moment to listen."""
    for patience in (0.2,) * 50:
        try:
            reply = requests.request(method, url, json=body, timeout=60)
            break
        except requests.ConnectionError:
            time.sleep(patience)
    assert reply.ok, reply.text[:500]
    return reply.json()["value"]


if __name__ == "__main__":
    press(*sys.argv[1:])
