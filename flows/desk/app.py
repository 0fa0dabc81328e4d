"""Which address is which page, and what the desk says when something is wrong."""

from collections.abc import Awaitable, Callable
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from flows.desk import changes, charts, deciding, firm, history, item, month_ends, practice, statements, trust, worklist
from flows.desk.guard import SIGN_IN, Guard, cookie_name
from flows.desk.look import page
from flows.desk.signing_in import Door
from pipelines.errors import TieoutError, UsageError
from pipelines.firm.secrets import scrubbed
from pipelines.firm.settings import Settings

MOST_FORM = 64 * 2**10
MOST_UPLOAD = 10 * 2**20
MOST_FIELDS = 50
Form = dict[str, str | bytes]
Handler = Callable[[Request, Form], Response]

# Each form's address, and what it does.
DECISIONS = {
    "items/{exception_id}/accept": deciding.accept,
    "items/{exception_id}/unaccept": deciding.take_back,
    "links": deciding.link,
    "links/undo": deciding.unlink,
    "statements": deciding.import_statement,
    "statements/{statement_id}/withdraw": deciding.withdraw_statement,
    "month-ends/{month}/sign": deciding.sign,
}


def desk(settings: Settings, door: Door, port: int) -> Guard:
    """The pages for these firms, on this port. The guard stands before all else, errors of ours included."""
    app = Starlette(
        routes=[
            Route("/", practice.show),
            Route(SIGN_IN, _sign_in, methods=["POST"]),
            Route(SIGN_IN, lambda request: RedirectResponse("/", HTTPStatus.SEE_OTHER)),
            Route("/sign-out", form(_sign_out), methods=["POST"]),
            Route("/firms/{firm}", firm.show),
            Route("/firms/{firm}/steps/{step}", firm.show_step),
            Route("/firms/{firm}/pictures/{name}", charts.show),
            Route("/firms/{firm}/trust/{account_id}", trust.show),
            Route("/firms/{firm}/changes", changes.show),
            Route("/firms/{firm}/worklist", worklist.show),
            Route("/firms/{firm}/items/{exception_id}", item.show),
            Route("/firms/{firm}/items/{exception_id}/history", history.show),
            Route("/firms/{firm}/bills/{bill_key:path}", item.show_bill),
            Route("/firms/{firm}/statements", statements.show, methods=["GET"]),
            Route("/firms/{firm}/month-ends", month_ends.show),
            Route("/firms/{firm}/month-ends/{month}/{version}/{ending}", month_ends.file),
            *(
                Route(f"/firms/{{firm}}/{path}", form(deciding.decision(do)), methods=["POST"])
                for path, do in DECISIONS.items()
            ),
            Mount("/static", StaticFiles(packages=[("flows.desk", "static")])),
        ],
        exception_handlers={
            HTTPException: _refused,
            TieoutError: _in_a_sentence,
            Exception: _unforeseen,
        },
    )
    app.state.settings, app.state.door, app.state.cookie = settings, door, cookie_name(port)
    return Guard(app, door, port)


def form(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a form: it is read, must carry its session's token, and is then handled in a thread."""

    async def endpoint(request: Request) -> Response:
        sent = await read_form(request)
        given = sent.pop("form_token", "")
        if not isinstance(given, str) or not compare_digest(given.encode(), request.state.session.form_token.encode()):
            raise HTTPException(403, "This form is not ours, or it is of before you signed in. Open the page again.")
        return await run_in_threadpool(handler, request, sent)

    return endpoint


async def read_form(request: Request) -> Form:
    """The fields of a form, each text, and each file as bytes with its name under `<field>_name`. Bounded."""
    kind = request.headers.get("content-type", "")
    is_upload = kind.startswith("multipart/form-data")
    most, body = MOST_UPLOAD if is_upload else MOST_FORM, bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"At most {most:,} bytes were expected.")
    if is_upload:
        return _parts(kind, bytes(body))
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400, "A form was expected; this is none.") from None


def _parts(kind: str, body: bytes) -> Form:
    whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    found: Form = {}
    for part in whole.iter_parts() if whole.is_multipart() else ():
        if isinstance(part, Message) and isinstance(field := part.get_param("name", header="content-disposition"), str):
            content = part.get_payload(decode=True)
            content = content if isinstance(content, bytes) else b""
            file_name = part.get_filename()
            if file_name is None:
                found[field] = content.decode("utf-8", "replace")
            else:
                found[field], found[f"{field}_name"] = content, file_name
    return found


async def _sign_in(request: Request) -> Response:
    sent = await read_form(request)
    wanted = str(sent.get("wanted", ""))
    wanted = wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() else "/"
    word = request.app.state.door.sign_in(str(sent.get("key", "")))
    if word is None:
        told = "That is not the key. A new one is written with each start: read the file again."
        return HTMLResponse(page("sign_in.html", None, wanted=wanted, told=told), 401)
    answer = RedirectResponse(wanted, HTTPStatus.SEE_OTHER)
    answer.set_cookie(request.app.state.cookie, word, httponly=True, samesite="strict")
    return answer


def _sign_out(request: Request, sent: Form) -> Response:
    request.app.state.door.sign_out(request.state.word)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(request.app.state.cookie, httponly=True, samesite="strict")
    return answer


def _trouble(request: Request, status: int, title: str, sentence: str) -> Response:
    session = getattr(request.state, "session", None)
    if session is None:
        return PlainTextResponse(f"{title}. {sentence}", status)
    return HTMLResponse(page("trouble.html", session, title=title, sentence=sentence), status)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    titles = {404: "There is no such page", 403: "Refused", 405: "Refused", 413: "Too much"}
    is_said = error.detail != HTTPStatus(error.status_code).phrase
    sentence = error.detail if is_said else "Nothing of the desk is at this address."
    return _trouble(request, error.status_code, titles.get(error.status_code, "It cannot be done"), sentence)


def _in_a_sentence(request: Request, error: Exception) -> Response:
    """What the commands would say and end with: 2 is for who asked to put right, 3 is ours or the machine's."""
    status = 400 if isinstance(error, UsageError) else 503
    title = "It cannot be done" if isinstance(error, UsageError) else "It cannot be read now"
    return _trouble(request, status, title, scrubbed(str(error)))


def _unforeseen(request: Request, error: Exception) -> Response:
    """The text of an error that nobody foresaw may quote a client's record: only its kind is said."""
    sentence = f"An unexpected {type(error).__name__}: a fault of ours, not of the books. Nothing was changed."
    return _trouble(request, 500, "Something went wrong here", sentence)
