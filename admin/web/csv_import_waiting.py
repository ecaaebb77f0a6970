"""What the page that waits for a check knows of it, and where it leads once the rows are checked.

A small file is checked within the request that changed something, so the answer to that leads on. A large one is left
to a worker, and until it is through, the address of the page that waits carries what the answer would have known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.reads.wording import counted, listed
from admin.web import flash
from admin.web.csv_import_stages import UNCHECKED
from admin.web.csv_import_view import View
from admin.web.page import Flash
from admin.web.visit import Visit
from admin.writes.csv_import import originals, rejected, styles
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.report import Report

STEPS = ("file", "match", "mode")
BACK = ("show", "group", "after")
"""What the address of a page of rows consists of."""
NAMED = 5
"""Lines that are named; of more only the number is said."""

KNOWN = {
    **dict.fromkeys(BACK, r"\w{1,20}"),
    "then": "|".join(STEPS),
    "asked": r"[a-z-]{1,40}",
    "lines": rf"\d{{1,9}}(-\d{{1,9}}){{0,{NAMED - 1}}}",
    "standing": r"\d{1,9}",
}
NOTHING_ASKED = "none"


@dataclass(frozen=True)
class Corrected:
    """What was changed before a check: how many rows were rejected till then, and the lines, unless they are many."""

    standing: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """The page while it waits: its address with what leads on, where the same check is asked for once more, what was
    corrected, and what is kept when the check failed."""

    url: str
    again_url: str
    told: str
    kept: str


def query(visit: Visit) -> str:
    """The part of the visited address that leads on from here."""
    return urlencode(_given(visit))


def back(visit: Visit, at: int | None = None) -> str:
    """The query of the page of rows that a form stood on; the first bad cell from line `at` on is to have the focus."""
    kept = {name: value for name, value in _given(visit).items() if name in BACK}
    return urlencode(kept | ({"at": str(at)} if at else {}))


def for_choices(step: str, then: str, asked: Iterable[str]) -> str:
    """The query of the page that waits after choices: the step that was asked for, and what it had asked already."""
    known = {"then": then} if then in STEPS else {}
    return urlencode(known | ({"asked": "-".join(asked) or NOTHING_ASKED} if step == "match" else {}))


def for_corrections(visit: Visit, done: Corrected) -> str:
    """The query of the page that waits after corrections."""
    kept = {name: value for name, value in _given(visit).items() if name in BACK}
    lines = {"lines": "-".join(map(str, done.lines))} if 0 < len(done.lines) <= NAMED else {}
    return urlencode(kept | lines | {"standing": str(done.standing)})


async def waiting(session: AsyncSession, view: View) -> Waiting:
    """What is to be said while the rows are checked, and when they could not be."""
    query_ = query(view.visit)
    kept = await _kept(session, view) if view.stage == UNCHECKED else ""
    return Waiting(view.url(query=query_), view.url("check", query_), _told(view), kept)


async def _kept(session: AsyncSession, view: View) -> str:
    found = await originals.count(session, view.stored.id)
    lines = found.rows + found.left_out
    corrected = f", and so {'is' if lines == 1 else 'are'} {counted(lines, 'corrected line', 'corrected lines')}"
    return f"Nothing was imported, and nothing is lost: the file and your choices are kept{corrected if lines else ''}."


def _told(view: View) -> str:
    """What the page that waits says of corrections; empty when it waits for something else."""
    done = _corrected(_given(view.visit))
    if done is None:
        return ""
    saved = f"{_lines(done.lines)} {'is' if len(done.lines) == 1 else 'are'} saved" if done.lines else "It is saved"
    return f"{saved}, and every row is checked again. Then this page leads back to the rows that are still rejected."


async def lead_on(session: AsyncSession, view: View) -> Response | None:
    """To where the check was to lead; None: there is nothing but the review itself."""
    given = _given(view.visit)
    if (done := _corrected(given)) is not None:
        at = await tell(session, view.visit, view.stored.id, done, view.report)
        return view.visit.redirect(f"{view.url(query=back(view.visit, at))}#rows")
    if "asked" in given and asks_anew(view.report, view.options, given["asked"].split("-")):
        return view.visit.redirect(f"{view.url('match')}#styles")
    return view.visit.redirect(view.url(given["then"])) if "then" in given else None


def asks_anew(report: Report, options: Options, asked: Iterable[Any]) -> bool:
    """Whether the columns that were just matched leave something open that had not been asked yet."""
    return not set(styles.unanswered(report.questions, options)) <= set(asked)


async def tell(session: AsyncSession, visit: Visit, import_id: int, done: Corrected, report: Report) -> int | None:
    """Leave a message of what corrections came to; returns the line from which on to go on mending."""
    named = done.lines if len(done.lines) <= NAMED else ()
    still = await rejected.still(session, import_id, named) if named and report.standing else []
    left = counted(report.standing, "rejected row", "rejected rows") if report.standing else "No rejected row"
    gone = done.standing - report.standing
    mended = f": {counted(gone, 'row', 'rows')} mended" if gone > 0 else ""
    if mended and named and len(named) - len(still) == gone:
        mended += f" ({_lines([line for line in named if line not in still]).lower()})"
    bad = f" {_lines(still)} {'is' if len(still) == 1 else 'are'} still rejected." if still else ""
    await flash.add(session, visit, Flash("success", f"Checked again{mended}.{bad} {left} left."))
    return min(still or named, default=None)


def _corrected(given: dict[str, str]) -> Corrected | None:
    if "standing" not in given:
        return None
    return Corrected(int(given["standing"]), tuple(int(line) for line in given.get("lines", "").split("-") if line))


def _given(visit: Visit) -> dict[str, str]:
    given = visit.request.query_params
    return {name: given[name] for name in KNOWN if re.fullmatch(KNOWN[name], given.get(name, ""))}


def _lines(lines: Iterable[int]) -> str:
    """“Line 1,002”, “Lines 2 and 5”."""
    named = [f"{line:,}" for line in lines]
    return f"{'Line' if len(named) == 1 else 'Lines'} {listed(named)}"
