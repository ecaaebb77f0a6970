"""The rejected rows of an import as a page shows them: reasons in groups, and bad cells ready to be mended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from admin.reads.wording import counted
from admin.web import urls
from admin.web.csv_import_remedies import Remedy, remedy
from admin.web.csv_import_replacing import Replacing
from admin.web.csv_import_view import View
from admin.writes.csv_import import originals
from admin.writes.csv_import.reasons import Group
from admin.writes.csv_import.rejected import Bad, Page

AT_ONCE = 20
"""Reasons that are shown before one asks for the others."""


@dataclass(frozen=True)
class Reason:
    """A group of rejected rows: the same column breaks the same rule."""

    rows: str
    column: str
    rule: str
    first: str
    url: str
    current: bool


@dataclass(frozen=True)
class Cell:
    """One reason in the grid. `name` of the input; empty where it cannot be mended in place."""

    line: str
    number: int
    begins: bool
    """Whether it is the first of its line: what is about the whole line stands there."""
    left_out: bool
    column: str
    name: str
    text: str
    area: bool
    """Whether the text has lines of its own, which an input would lose."""
    value: str | None
    was: str | None
    reason: str
    remedy: Remedy
    focused: bool
    """Whether it is the first one behind what was mended last: there one goes on."""
    line_url: str
    """Where the whole line is edited, when the cell is too long to be mended in place."""


@dataclass(frozen=True)
class Rejected:
    """The tab of rejected rows. `query` leads back to this very page.

    `reasons` are shown at once, `others` when asked for, and of `unlisted` ones only the number is known.
    """

    reasons: tuple[Reason, ...]
    others: tuple[Reason, ...]
    unlisted: str
    group: Reason | None
    all_url: str
    cells: tuple[Cell, ...]
    files: tuple[tuple[str, str], ...]
    """What the links to the file of rejects say, and where they lead; a large one comes in parts."""
    replacing: Replacing
    query: str
    next_url: str | None
    first_url: str | None


def chosen(view: View) -> Group | None:
    """The group that the address names, if the report has it."""
    wanted = view.visit.request.query_params.get("group", "")
    return next((group for group in view.report.groups if group.key == wanted), None)


def rejected(view: View, page: Page, replacing: Replacing, after: int) -> Rejected:
    """The tab for these rows, which stand behind line `after`."""
    group = chosen(view)
    reasons = tuple(_reason(view, one, one is group) for one in view.report.groups)
    more = view.report.more_groups
    return Rejected(
        reasons=reasons[:AT_ONCE],
        others=reasons[AT_ONCE:],
        unlisted=counted(more, "more reason", "more reasons") if more else "",
        group=next((reason for reason in reasons if reason.current), None),
        all_url=view.page_url("rejected"),
        cells=tuple(_cells(view, page.rows)),
        files=_files(view),
        replacing=replacing,
        query=_query(group, after),
        next_url=view.url(query=_query(group, page.last)) if page.last else None,
        first_url=view.url(query=_query(group)) if after else None,
    )


def _files(view: View) -> tuple[tuple[str, str], ...]:
    url, parts = view.url("rejects.csv"), len(view.report.parts) + 1
    if parts == 1:
        return (("Download rejected rows", url),)
    return tuple((f"Download rejected rows, part {n} of {parts}", f"{url}?part={n}") for n in range(1, parts + 1))


def _reason(view: View, group: Group, current: bool) -> Reason:
    first = ", ".join(f"{line:,}" for line in group.lines)
    more = ", …" if group.rows > len(group.lines) else ""
    return Reason(
        rows=counted(group.rows, "row", "rows"),
        column=group.column or "",
        rule=group.rule,
        first=f"{'line' if group.rows == 1 else 'lines'} {first}{more}" if first else "",
        url=view.url(query=_query(group)),
        current=current,
    )


def _query(group: Group | None, after: int | None = None) -> str:
    parts = {"show": "rejected", "group": group.key if group else "", "after": str(after or "")}
    return urlencode({name: value for name, value in parts.items() if value})


def _cells(view: View, rows: tuple[Bad, ...]) -> list[Cell]:
    """Each cell gets one input, however many rules it breaks."""
    found, lines, names = [], set(), {""}
    wanted = view.number("at")
    for bad in rows:
        name = f"cell-{bad.line}-{bad.cell}" if bad.text is not None and bad.rule != originals.LEFT_OUT else ""
        cell = _cell(view, bad, "" if name in names else name, bad.line not in lines)
        if wanted and cell.name and bad.line >= wanted:
            cell, wanted = replace(cell, focused=True), 0
        found.append(cell)
        lines.add(bad.line)
        names.add(name)
    return found


def _cell(view: View, bad: Bad, name: str, begins: bool) -> Cell:
    text = bad.text or ""
    more = f" (and {bad.others:,} more on this line)" if begins and bad.others else ""
    return Cell(
        line=f"{bad.line:,}",
        number=bad.line,
        begins=begins,
        left_out=bad.rule == originals.LEFT_OUT,
        column=bad.column or "",
        name=name,
        text=text,
        area="\n" in text or "\r" in text,
        value=bad.value,
        was=bad.was,
        reason=bad.reason + more,
        remedy=remedy(view, bad),
        focused=False,
        line_url=urls.import_line(view.stored.id, bad.line) if bad.cell and bad.text is None else "",
    )
