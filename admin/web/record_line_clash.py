"""Two people and the lines of one row: what is asked of the second one, line by line, and of the order as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.errors import FieldError, Invalid, LarderError
from admin.reads import history, wording
from admin.resource import Resource
from admin.values import BadValue
from admin.web import conflicts, record_line
from admin.web.conflicts import Choice
from admin.web.record_line import Fate, Line, Section
from admin.web.visit import Visit
from admin.writes.clashes import Clash, StaleEdit

ORDER = "order"
"""`choice-TABLE.order` says whose order of the lines stays."""


async def lost(session: AsyncSession, child: Resource, key: str, line: Line) -> Line:
    """A line that was changed here and is not there any more. Saved once more, what was typed makes a new one."""
    try:
        last = await history.last(session, child, values.parse_key(child.traits, key))
    except BadValue:
        last = None
    removed = last is not None and last.kind in ("trashed", "deleted")
    return replace(line, fate=Fate(last.who or "", last.at) if last and removed else Fate())


def refused(visit: Visit, section: Section, errors: Mapping[tuple[str, str], LarderError]) -> Section:
    """The lines of a section with what the database, or somebody else, had against them."""
    found = [(line, errors.get((section.child.identity, line.place))) for line in section.lines]
    lines = tuple(_refused(visit, section, line, error) for line, error in found)
    stale = {line.place: error for line, error in found if isinstance(error, StaleEdit)}
    reordered = _reordered(section, stale)
    standing = tuple(map(_as_typed, lines)) if reordered else lines
    return replace(record_line.section(visit, section.child, section.spec, standing), reordered=reordered)


def _as_typed(line: Line) -> Line:
    """The line as one of an order that is chosen as a whole: it gets the place that it has here."""
    fields = tuple(
        replace(one, was=str(line.stands)) if one.name == line.ordered_by and line.stands is not None else one
        for one in line.form.fields
    )
    return replace(line, form=replace(line.form, fields=fields))


def _refused(visit: Visit, section: Section, line: Line, error: LarderError | None) -> Line:
    if isinstance(error, StaleEdit):
        return _clashing(visit, section, line, error)
    if isinstance(error, Invalid):
        return replace(line, form=line.form.with_errors(error.errors))
    return line if error is None else replace(line, form=line.form.with_errors([FieldError(None, str(error))]))


def _clashing(visit: Visit, section: Section, line: Line, error: StaleEdit) -> Line:
    """The line as it is stored now, with what was typed in it, and whose value is to stay."""
    now = record_line.line(visit, section.child, section.spec, line.place, error.record.row, error.record.parents)
    names = {one.name: one.label for one in line.cells}
    clashing = [clash for clash in error.clashes if clash.column in names]
    asked = conflicts.choices(section.child, names, clashing)
    if line.gone:
        newest = max(clashing, key=lambda clash: (clash.at is not None, clash.at))
        fate = Fate(newest.who or "", newest.at, changes=tuple(asked.values()))
        return replace(line, form=now.form, fate=fate, gone=False)
    clashes = {clash.column for clash in error.clashes}
    typed = {one.name: one for one in line.form.fields}
    fields = tuple(
        one.holding(typed[one.name].text, one.text) if one.name in clashes or typed[one.name].changed else one
        for one in now.form.fields
    )
    form = replace(now.form, fields=fields)
    if asked:
        labels = wording.listed([wording.inside(one.label) for one in asked.values()])
        sentence = f"Somebody changed {labels} after this form was opened. Nothing was saved."
        form = form.with_errors([FieldError(None, sentence)])
    placed = {name: replace(choice, name=f"{line.prefix}{name}") for name, choice in asked.items()}
    return replace(line, form=form, clashes=placed, stands=now.stands)


def _reordered(section: Section, stale: Mapping[str, StaleEdit]) -> Choice | None:
    """Whose order stays, where two people moved the same lines: it is chosen as a whole."""
    spec = section.spec
    moved = {place: one for place, error in stale.items() for one in error.clashes if one.column == spec.position}
    lines = [line for line in section.lines if line.position and not line.blank]
    if not moved or any(line.gone for line in lines if line.place in moved):
        return None
    newest: Clash = max(moved.values(), key=lambda one: (one.at is not None, one.at))

    def stored(line: Line) -> int | None:
        return moved[line.place].stored if line.place in moved else line.stands

    return Choice(
        name=f"{section.child.identity}.{ORDER}",
        label=f"The order of the {wording.inside(section.child.name_plural)}",
        yours=_said(lines, lambda line: line.standing("text")),
        theirs=_said(lines, stored),
        before=_said(lines, lambda line: line.standing("was")),
        who=newest.who or "",
        at=newest.at,
    )


def _said(lines: list[Line], number: Callable[[Line], int | None]) -> str:
    """The lines by name, as they stand by these numbers."""
    standing = sorted((at, n, line.named) for n, line in enumerate(lines) if (at := number(line)) is not None)
    return " · ".join(name for *_, name in standing)[: conflicts.SHOWN_CHARACTERS]
