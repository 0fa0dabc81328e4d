"""The desk's pictures: static vector graphics, drawn here by altair and vl-convert, in the light and in the dark.

A picture is for the eye alone, so it may round; the figures stand to the cent in the table beside it. No text of the
two systems comes into a picture.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from flows.desk import firm as firm_subject
from flows.desk.books import Books, Row, books_of, firm_of

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
SHORT = {firm_subject.NOT_APPLIED: "credits"}
LIGHT = {"text": "#1c242d", "muted": "#55606c", "line": "#d8dde2", "clio": "#0b5a8a", "xero": "#c2770c"}
LIGHT |= {"stand": "#55606c", "up": "#2f7d4c", "down": "#b5362b"}
DARK = {"text": "#e5e9ee", "muted": "#a8b3be", "line": "#323b45", "clio": "#6cb6ea", "xero": "#e9a84a"}
DARK |= {"stand": "#a8b3be", "up": "#6fc78f", "down": "#f08a7f"}
MOST_KEPT = 64
MOST_NIGHTS = 90


def show(request: Request) -> Response:
    """One picture of a firm's books."""
    firm, name = firm_of(request), request.path_params["name"]
    if name not in PICTURES:
        raise HTTPException(404, "There is no such picture.")
    with books_of(firm) as books:
        values = PICTURES[name][0](books)
    rows = tuple(tuple(row.items()) for row in values)
    return Response(_drawn(name, rows, "dark" in request.query_params), media_type="image/svg+xml")


@lru_cache(MOST_KEPT)
def _drawn(name: str, rows: tuple[tuple[tuple[str, Any], ...], ...], is_dark: bool) -> str:
    """The picture of these rows. Drawing takes a second the first time, as its library starts; it is drawn once."""
    import vl_convert

    colours = DARK if is_dark else LIGHT
    chart = PICTURES[name][1]([dict(row) for row in rows], colours)
    config = {
        "background": "transparent",
        "padding": {"left": 36, "right": 12, "top": firm_subject.WALK_ABOVE, "bottom": 4},
        "font": FONT,
        "view": {"stroke": None},
        "axis": {"labelColor": colours["text"], "titleColor": colours["muted"], "gridColor": colours["line"]}
        | {"domainColor": colours["line"], "tickColor": colours["line"], "labelFontSize": 12, "labelLimit": 280},
        "legend": {"labelColor": colours["text"], "title": None, "orient": "top", "labelFontSize": 12},
    }
    return str(vl_convert.vegalite_to_svg(chart.configure(**config).to_dict()))


def warm() -> None:
    """Start the drawing, which takes a second, before the first page asks for a picture."""
    _drawn("small-open", ((("night", "2026-01-01T00:00:00"), ("value", 0.0)),), False)


def _walk(books: Books) -> list[Row]:
    """Each step of the walk from where it starts to where it ends."""
    rows: list[Row] = []
    stand = Decimal(0)
    for place, step in enumerate(filter(firm_subject.is_drawn, firm_subject.bridge(books))):
        amount = step["amount"]
        is_stand = step["step"] in firm_subject.STANDS
        start, end = (Decimal(0), amount) if is_stand else (stand, stand + amount)
        stand = end
        kind = "stand" if is_stand else "up" if amount >= 0 else "down"
        rows.append({"place": place, "step": step["title"], "from": float(start), "to": float(end), "kind": kind})
    return rows


def _draw_walk(rows: list[Row], colours: dict[str, str]) -> Any:
    import altair as alt

    kinds = ["stand", "up", "down"]
    lowest = min(min(row["from"], row["to"]) for row in rows if row["kind"] != "stand" or len(rows) < 3)
    highest = max(max(row["from"], row["to"]) for row in rows)
    # What stands is far larger than the steps between: the axis begins near them, and says so by its figures.
    room = (highest - lowest) * 0.3
    begin = max(lowest - room, 0) if lowest > 0 else lowest
    cut = [{**row, "from": max(row["from"], begin) if row["kind"] == "stand" else row["from"]} for row in rows]
    return (
        alt.Chart(alt.InlineData(values=cut), width=330, height={"step": firm_subject.WALK_ROW})
        .mark_bar(height=15, cornerRadius=2)
        .encode(
            y=alt.Y("step:N", sort=[row["step"] for row in rows], title=None, axis=alt.Axis(domain=False, ticks=False)),
            x=alt.X(
                "from:Q",
                title=None,
                scale=alt.Scale(domainMin=begin, zero=False),
                axis=alt.Axis(format=",.0f", tickCount=4),
            ),
            x2="to:Q",
            color=alt.Color("kind:N", legend=None, scale=alt.Scale(domain=kinds, range=[colours[k] for k in kinds])),
        )
    )


def _ages(books: Books) -> list[Row]:
    found = []
    for place, age in enumerate(firm_subject.ageing(books)):
        for side in ("clio", "xero"):
            value = float(getattr(age, side))
            found.append(
                {
                    "place": place,
                    "age": SHORT.get(age.label, age.label.removesuffix(" days")),
                    "side": side.title(),
                    "amount": value,
                }
            )
    return found


def _draw_ages(rows: list[Row], colours: dict[str, str]) -> Any:
    import altair as alt

    sides = ["Clio", "Xero"]
    colour = alt.Scale(domain=sides, range=[colours["clio"], colours["xero"]])
    return (
        alt.Chart(alt.InlineData(values=rows), width=520, height=210)
        .mark_bar(cornerRadius=2)
        .encode(
            x=alt.X("age:N", sort=list(dict.fromkeys(row["age"] for row in rows)), title=None).axis(
                labelAngle=0, domain=True, ticks=False
            ),
            xOffset=alt.XOffset("side:N", sort=sides),
            y=alt.Y("amount:Q", title=None, axis=alt.Axis(format=",.0f", tickCount=5, domain=False)),
            color=alt.Color("side:N", scale=colour),
        )
    )


def _nights(column: str) -> Callable[[Books], list[Row]]:
    def read(books: Books) -> list[Row]:
        rows = firm_subject.nights(books)[-MOST_NIGHTS:]
        return [{"night": f"{row['started_at']:%Y-%m-%dT%H:%M:%S}", "value": float(row[column])} for row in rows]

    return read


def _draw_nights(rows: list[Row], colours: dict[str, str]) -> Any:
    import altair as alt

    is_one_day = len({row["night"][:10] for row in rows}) == 1
    return (
        alt.Chart(alt.InlineData(values=rows), width=520, height=140)
        .mark_line(point={"color": colours["clio"], "size": 30}, color=colours["clio"], interpolate="step-after")
        .encode(
            x=alt.X(
                "night:T",
                title=None,
                axis=alt.Axis(format="%H:%M" if is_one_day else "%d %b", grid=False, tickCount=min(6, len(rows))),
            ),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format=",.0f", tickCount=4, domain=False)),
        )
    )


def _draw_small(rows: list[Row], colours: dict[str, str]) -> Any:
    import altair as alt

    return (
        alt.Chart(alt.InlineData(values=rows), width=96, height=18, padding=4)
        .mark_line(color=colours["clio"], strokeWidth=2, point={"color": colours["clio"], "size": 12})
        .encode(x=alt.X("night:T", axis=None), y=alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False)))
    )


# Each picture: how its figures are read, and how they are drawn.
PICTURES: dict[str, tuple[Callable[[Books], list[Row]], Callable[[list[Row], dict[str, str]], Any]]] = {
    "bridge": (_walk, _draw_walk),
    "ageing": (_ages, _draw_ages),
    "difference": (_nights("difference_amount"), _draw_nights),
    "open": (_nights("open_count"), _draw_nights),
    "small-difference": (_nights("difference_amount"), _draw_small),
    "small-open": (_nights("open_count"), _draw_small),
}
