"""The lines inside a form: rows of another table that are added, changed and taken away together with their parent.

Each line is a small form of its own whose fields carry its place in their names (`line-item.3.qty`), read by the very
rules of every other form. A line that is refused comes back with its reason; what was typed in the others stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from admin import values
from admin.errors import FieldError, Invalid, LarderError
from admin.reads import lines as reader
from admin.reads import wording
from admin.reads.parents import Parents
from admin.resource import Resource
from admin.web import answers, choices, conflicts, record_line, record_line_order
from admin.web.gate import Permission
from admin.web.inlines import Inlined
from admin.web.record_line import Line, Section
from admin.web.visit import Visit
from admin.writes.clashes import StaleEdit
from admin.writes.lines import LineChange, Lines, LinesRefused

BLANK = 3
"""Empty lines at the end, for whoever has no script that adds more."""

KEY, GONE = "form-key", "form-gone"
PLACE = re.compile(r"[a-z0-9]{1,12}")


@dataclass(frozen=True)
class Inside:
    """What an answer says of the lines: how they are shown again, and what it changes."""

    sections: tuple[Section, ...] = ()
    changes: tuple[Lines, ...] = ()

    @property
    def valid(self) -> bool:
        return all(section.valid for section in self.sections)

    def problems(self) -> list[FieldError]:
        """What is wrong in the lines, for the sentence on top of the form."""
        wrong = [(one.child, line) for one in self.sections for line in one.lines if not line.valid]
        return [FieldError(None, f"{child.name} {line.number}: {line.told}") for child, line in wrong]

    def refused(self, visit: Visit, error: LinesRefused) -> Inside:
        """The lines with what the database, or somebody else, had against them."""
        sections = []
        for one in self.sections:
            told = (
                _refused(visit, one, line, error.errors.get((one.child.identity, line.place))) for line in one.lines
            )
            sections.append(replace(one, lines=tuple(told)))
        return replace(self, sections=tuple(sections))


async def shown(session: AsyncSession, visit: Visit, row: Any | None) -> tuple[Section, ...]:
    """The lines of a stored row, or of a new one (None), and some empty ones."""
    sections = []
    for child, spec in _specs(visit):
        rows, parents = await _stored(session, child, spec, row)
        if len(rows) > reader.MOST:
            sections.append(record_line.full(visit, child, spec, row))
            continue
        made = [record_line.line(visit, child, spec, str(at), one, parents) for at, one in enumerate(rows, 1)]
        made += [record_line.line(visit, child, spec, str(len(rows) + at)) for at in range(1, BLANK + 1)]
        sections.append(record_line.section(visit, child, spec, made))
    return tuple(sections)


async def answered(session: AsyncSession, visit: Visit, row: Any | None, data: FormData) -> Inside:
    """What was sent of the lines, compared with what is stored. What was not sent is not changed."""
    sections, changes = [], []
    for child, spec in _specs(visit):
        rows, parents = await _stored(session, child, spec, row)
        if len(rows) > reader.MOST:
            sections.append(record_line.full(visit, child, spec, row))
            continue
        known = {values.key_text(child.traits, one): one for one in rows}
        read = []
        for place, part in _parts(data, child).items():
            key = str(part.get(KEY, ""))
            line = record_line.line(visit, child, spec, place, known.get(key), parents)
            read.append(await _answered(session, visit, (child, line, key), (known.get(key), part)))
        read = record_line_order.settled(child, read)
        sections.append(record_line.section(visit, child, spec, [line for line, _ in read]))
        wanted = [change for _, change in read if change is not None]
        if wanted:
            changes.append(Lines(child, spec.column, spec.referenced, wanted, spec.position))
    return Inside(tuple(sections), tuple(changes))


async def _answered(
    session: AsyncSession, visit: Visit, asked: tuple[Resource, Line, str], sent: tuple[Any, FormData]
) -> tuple[Line, LineChange | None]:
    child, line, key = asked
    row, part = sent
    gone = part.get(GONE) == "1"
    of_child = replace(visit, maybe_resource=child)
    if row is not None:
        answer = await choices.resolve(session, of_child, answers.changes(line.form, part, row))
    else:
        answer = await choices.resolve(session, of_child, answers.creation(line.form, part))
    line = replace(line, form=answer.form, gone=gone, key=key if row is not None else "")
    if row is None and (gone or (line.blank and not key)):
        return replace(line, form=record_line.plain(answer.form)), None
    if row is None and key:
        # Saved once more, what was typed makes a new one.
        name = wording.inside(child.name)
        sentence = f"This {name} was deleted meanwhile. Save again to add it anew, or tick Remove."
        return replace(line, form=answer.form.with_errors([FieldError(None, sentence)])), None
    parts = values.parse_key(child.traits, key) if row is not None else None
    if gone:
        # Whoever moved it meanwhile changed nothing about it.
        seen = {name: one for name, one in answers.shown(answer.form, row).items() if name != line.ordered_by}
        return replace(line, form=record_line.plain(answer.form)), LineChange(line.place, parts, {}, seen, gone=True)
    if row is not None and answer.empty:
        return line, None
    return line, LineChange(line.place, parts, answer.values, answer.shown)


def _refused(visit: Visit, section: Section, line: Line, error: LarderError | None) -> Line:
    if isinstance(error, StaleEdit):
        return _clashing(visit, section, line, error)
    if isinstance(error, Invalid):
        return replace(line, form=line.form.with_errors(error.errors))
    return line if error is None else replace(line, form=line.form.with_errors([FieldError(None, str(error))]))


def _clashing(visit: Visit, section: Section, line: Line, error: StaleEdit) -> Line:
    """The line as it is stored now, with what was typed in it, and whose value is to stay."""
    now = record_line.line(visit, section.child, section.spec, line.place, error.record.row, error.record.parents)
    clashes = {clash.column for clash in error.clashes}
    typed = {one.name: one for one in line.form.fields}
    fields = tuple(
        one.holding(typed[one.name].text, one.text) if one.name in clashes or typed[one.name].changed else one
        for one in now.form.fields
    )
    names = {one.name: one.label for one in line.form.fields}
    asked = conflicts.choices(section.child, names, [clash for clash in error.clashes if clash.column in names])
    placed = {name: replace(choice, name=f"{line.prefix}{name}") for name, choice in asked.items()}
    sentence = f"{error} Tick Remove again to take it away all the same." if line.gone else str(error)
    form = replace(now.form, fields=fields).with_errors([FieldError(None, sentence)])
    return replace(line, form=form, clashes={} if line.gone else placed, gone=False)


def _specs(visit: Visit) -> list[tuple[Resource, Inlined]]:
    """The tables whose rows this person may add, change and take away inside the visited one."""
    found = []
    for spec in visit.console.inlines.get(visit.resource.identity, ()):
        child = visit.console.resource_of(spec.model)
        acts = (Permission.CREATE, Permission.EDIT, Permission.DELETE)
        if child is not None and all(visit.may(act, child) for act in acts):
            found.append((child, spec))
    return found


async def _stored(session: AsyncSession, child: Resource, spec: Inlined, row: Any) -> tuple[list[Any], Parents]:
    if row is None:
        return [], {}
    return await reader.of(session, child, spec.column, getattr(row, spec.referenced), position=spec.position)


def _parts(data: FormData, child: Resource) -> dict[str, FormData]:
    """What was sent for each line, by its place, under the names of its columns."""
    parts: dict[str, list[tuple[str, Any]]] = {}
    for name, text in data.multi_items():
        head, _, rest = name.partition(".")
        place, _, inner = rest.partition(".")
        mark = re.match(r"(was-|null-|choice-)?(.*)", head)
        if mark and mark[2] == child.identity and PLACE.fullmatch(place) and inner:
            parts.setdefault(place, []).append((f"{mark[1] or ''}{inner}", text))
    return {place: FormData(pairs) for place, pairs in list(parts.items())[: 2 * reader.MOST]}
