"""A person at a browser: opens an address in headless Chromium, presses a button, waits for the last page.

Run as `python tests/browser.py BUTTON URL`, also as the BROWSER of a command. It speaks WebDriver to chromedriver.
"""

import base64
import shutil
import socket
import subprocess
import sys
import tempfile
import time
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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as profile, subprocess.Popen([str(DRIVER), f"--port={port}"]) as driver:
        try:
            return _pressed(f"http://127.0.0.1:{port}", profile, button, url)
        finally:
            driver.terminate()


def look(url: str, width: int, script: str, picture: str | None = None) -> Any:
    """Open the address in a window of this width, and return what the script returns there; with a picture of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as profile, subprocess.Popen([str(DRIVER), f"--port={port}"]) as driver:
        base = f"http://127.0.0.1:{port}"
        try:
            options = {"binary": CHROMIUM, "args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            session = f"{base}/session/{_ask('POST', f'{base}/session', wanted)['sessionId']}"
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            emulated = {"cmd": "Emulation.setDeviceMetricsOverride", "params": size}
            _ask("POST", f"{session}/goog/cdp/execute", emulated)
            _ask("POST", f"{session}/url", {"url": url})
            if picture:
                taken = {"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": True}}
                data = _ask("POST", f"{session}/goog/cdp/execute", taken)["data"]
                Path(picture).write_bytes(base64.b64decode(data))
            found = _ask("POST", f"{session}/execute/sync", {"script": script, "args": []})
            requests.delete(session, timeout=20)
            return found
        finally:
            driver.terminate()


def _pressed(driver: str, profile: str, button: str, url: str) -> str:
    options = {"binary": CHROMIUM, "args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
    wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
    session = f"{driver}/session/{_ask('POST', f'{driver}/session', wanted)['sessionId']}"
    try:
        _ask("POST", f"{session}/url", {"url": url})
        found = _ask("POST", f"{session}/element", {"using": "css selector", "value": f"#{button}"})
        _ask("POST", f"{session}/element/{found[ELEMENT]}/click", {})
        deadline = time.monotonic() + 20
        while "close this window" not in (page := _ask("GET", f"{session}/source")):
            assert time.monotonic() < deadline, page[:500]
            time.sleep(0.1)
        return str(page)
    finally:
        requests.delete(session, timeout=20)


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
