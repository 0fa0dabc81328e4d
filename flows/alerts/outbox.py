"""Messages on their way: each is a file until its channel has taken it.

``<data_dir>/<firm>/outbox/<name>.json``, its owner's alone, one file a message and channel. A message is written before
it is sent, so a machine that dies loses none; it is sent a few times at once and then again by `retry`, for as long as
it takes. `tieout status` counts what waits here. A channel's address is a secret (an Apprise address) and stands in
no file of ours.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from pipelines.errors import TieoutError
from pipelines.firm.files import make_private, write_private
from pipelines.firm.locks import locked
from pipelines.firm.secrets import read_channel
from pipelines.firm.settings import Firm, Settings

if TYPE_CHECKING:
    from apprise import AppriseAsset

logger = logging.getLogger(__name__)
# The schemes of Apprise that are mail; every other channel hears the plain text.
MAIL = frozenset({"mailto", "mailtos", "azure", "o365", "mailgun", "sendgrid", "ses", "smtp2go", "sparkpost"})
WAITS = (0.0, 2.0, 10.0)  # seconds before each first try; later ones are the schedule's


class Kind(StrEnum):
    """How a channel may colour a message."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


class Note(BaseModel):
    """What is said, and for mails also as HTML and with the workbook. The name is the same for the same news, so that
    it is never queued twice."""

    name: str
    title: str
    body: str
    html: str | None = None
    has_workbook: bool = False


class Message(BaseModel):
    """A note for one channel, and how far it has come."""

    firm_id: str
    channel: str
    kind: Kind
    note: Note
    written_at: datetime
    tries: int = 0
    trouble: str = ""


def post(firm: Firm, channels: tuple[str, ...], note: Note, kind: Kind) -> None:
    """Queue a note for each channel and try to deliver it."""
    paths = []
    for channel in channels:
        message = Message(firm_id=firm.id, channel=channel, kind=kind, note=note, written_at=datetime.now(UTC))
        path = make_private(firm.folder / "outbox") / f"{note.name}.{channel}.json"
        write_private(path, message.model_dump_json(indent=1))
        paths.append(path)
    for path in paths:
        for wait in WAITS:
            time.sleep(wait)
            if _deliver(firm, path):
                break


def retry(settings: Settings) -> None:
    """Try everything once more that waits, firm by firm; what cannot be read of one keeps no other waiting."""
    for firm in settings.firms.values():
        try:
            for path in _waiting(firm):
                _deliver(firm, path)
        except (TieoutError, OSError) as error:
            logger.warning("%s: what waits could not be sent (%s)", firm.id, type(error).__name__)


def undelivered(settings: Settings, firm_id: str | None = None) -> list[Message]:
    """What waits, oldest first: of one firm, or of all."""
    firms = [settings.firm(firm_id)] if firm_id else list(settings.firms.values())
    found = [message for firm in firms for path in _waiting(firm) if (message := _read(path)) is not None]
    return sorted(found, key=lambda message: message.written_at)


def _waiting(firm: Firm) -> list[Path]:
    return sorted(path for path in (firm.folder / "outbox").glob("*.json") if path.is_file())


def _read(path: Path) -> Message | None:
    """The message, or None where another process has just delivered it."""
    try:
        return Message.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, ValidationError):
        return None


@contextmanager
def _alone(firm: Firm) -> Iterator[None]:
    """One process at a time sends a firm's messages, so that none is sent twice."""
    with locked(firm.folder / "outbox" / "outbox.lock"):
        yield


def _deliver(firm: Firm, path: Path) -> bool:
    """Try once; whether nothing is left to deliver."""
    with _alone(firm):
        message = _read(path)
        if message is None:
            return True
        trouble = _send(firm, message)
        if trouble is None:
            path.unlink()
            return True
        tried = message.model_copy(update={"tries": message.tries + 1, "trouble": trouble})
        write_private(path, tried.model_dump_json(indent=1))
        return False


@contextmanager
def _attached(firm: Firm, note: Note) -> Iterator[str | None]:
    """The workbook of the last published night as a file, for as long as it is being sent; a mail that cannot have it
    goes without."""
    if not note.has_workbook:
        yield None
        return
    from flows import workbook

    path = make_private(firm.folder / "outbox" / "attached") / f"{firm.id}.xlsx"
    try:
        path.unlink(missing_ok=True)
        try:
            workbook.write(firm, path)
        except TieoutError as error:
            logger.warning("%s: a mail goes without its workbook: %s", firm.id, error)
        yield str(path) if path.exists() else None
    finally:
        path.unlink(missing_ok=True)


def _send(firm: Firm, message: Message) -> str | None:
    """Hand a message to its channel; None when it was taken, else what went wrong, without the address."""
    try:
        address = read_channel(message.channel).get_secret_value()
    except TieoutError as error:
        return str(error)
    from apprise import Apprise, NotifyFormat, NotifyType  # most nights say nothing

    channel = Apprise(asset=_quiet_asset())
    if not channel.add(address):
        return f"alerts.{message.channel}.url is not an address that Apprise knows, such as mailtos:// or slack://."
    note = message.note
    letter = note.html if address.partition("://")[0].casefold() in MAIL else None
    try:
        with _attached(firm, note if letter else note.model_copy(update={"has_workbook": False})) as workbook:
            taken = channel.notify(
                title=note.title,
                body=letter or note.body,
                notify_type=NotifyType(message.kind.value),
                body_format=NotifyFormat.HTML if letter else NotifyFormat.TEXT,
                attach=workbook,
            )
    except Exception as error:  # a plugin's own fault; its text may quote the address
        return f"the channel failed ({type(error).__name__})"
    return None if taken else "the channel did not take it"


def _quiet_asset() -> "AppriseAsset":
    """No pictures from elsewhere, nothing kept on disk, nothing logged that could quote an address."""
    from apprise import AppriseAsset, PersistentStoreMode

    for chatty in ("apprise", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    return AppriseAsset(
        app_id="Tieout",
        app_desc="Tieout",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        secure_logging=True,
        storage_mode=PersistentStoreMode.MEMORY,
    )
