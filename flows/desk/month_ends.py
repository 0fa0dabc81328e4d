"""Month-ends: what the firm's jurisdiction asks, each month's packs, who signed them, and which signatures have fallen.

A pack is made by the command, since it may take as long as a night; here it is read and signed.
"""

import re
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from flows.days import today_of
from flows.desk.books import books_of, firm_of, firm_page
from flows.pack import duties, signing, store, telling
from flows.pack.month import last_ended
from flows.pack.signing import Role
from flows.pack.store import Pack
from pipelines.firm import decisions
from pipelines.firm.jurisdictions import DUTIES, NOT_ADVICE

MEDIA = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
VERSION = re.compile(r"v([1-9][0-9]{0,5})")


def show(request: Request) -> Response:
    """All months that have a pack, newest first."""
    firm = firm_of(request)
    today = today_of(firm)
    standings = list(reversed(signing.standings(firm)))
    months = [
        {
            "standing": standing,
            "versions": list(reversed(store.versions(firm, standing.month))),
            "to_sign": [role.value for role in Role if role not in standing.signed],
        }
        for standing in standings
    ]
    values = {
        "months": months,
        "last": last_ended(today),
        "has_last": any(standing.month == str(last_ended(today)) for standing in standings),
        "given": list(reversed(decisions.signatures(firm.folder).rows())),
        "reminder": duties.reminder(firm, today),
        "duty": DUTIES[firm.jurisdiction] if firm.jurisdiction else None,
        "not_advice": NOT_ADVICE,
        "jurisdictions": DUTIES,
        "most_moves": telling.MOST_MOVES,
    }
    with books_of(firm) as books:
        return HTMLResponse(firm_page(request, "month_ends.html", "month-ends", books, **values))


def file(request: Request) -> Response:
    """A version's PDF, or its workbook, to keep."""
    path, ending = _asked(request)
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return FileResponse(path, media_type=MEDIA[ending], headers=headers)


def _asked(request: Request) -> tuple[Path, str]:
    firm, asked = firm_of(request), request.path_params
    version, ending = VERSION.fullmatch(asked["version"]), asked["ending"]
    known = store.months(firm) if version and ending in MEDIA else []
    if version is None or asked["month"] not in known:
        raise HTTPException(404, "There is no such pack.")
    pack = Pack(firm, asked["month"], int(version[1]))
    if pack not in store.versions(firm, asked["month"]) or not pack.file(ending).exists():
        raise HTTPException(404, "There is no such pack.")
    return pack.file(ending), ending
