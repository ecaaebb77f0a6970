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
from admin.errors import Conflict, FieldError, Invalid
from admin.reads import lines as reader
from admin.reads import wording
from admin.reads.parents import Parents
from admin.resource import Resource
from admin.web import answers, choices, record_line, record_line_clash, record_line_order
from admin.web.gate import Permission
from admin.web.inlines import Inlined
from admin.web.record_line import Line, Section
from admin.web.record_line_others import Others
from admin.web.visit import Visit
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
    meanwhile: str = ""
    """What others did to lines that were left alone here."""

    @property
    def valid(self) -> bool:
        return all(section.valid for section in self.sections)

    @property
    def status(self) -> int:
        """Of the answer when they are not valid: a conflict where somebody took away what was changed here."""
        lost = any(line.fate for one in self.sections for line in one.lines)
        return Conflict.status if lost else Invalid.status

    def problems(self) -> list[FieldError]:
        """What is wrong in the lines, for the sentence on top of the form."""
        orders = [one.reordered.label for one in self.sections if one.reordered]
        wrong = [(one.child, line) for one in self.sections for line in one.lines if not line.valid]
        return [
            *(FieldError(None, f"{label} was changed meanwhile. Choose below whose stays.") for label in orders),
            *(FieldError(None, f"{child.name} {line.number}: {line.told}") for child, line in wrong),
        ]

    def refused(self, visit: Visit, error: LinesRefused) -> Inside:
        """The lines with what the database, or somebody else, had against them."""
        return replace(
            self, sections=tuple(record_line_clash.refused(visit, one, error.errors) for one in self.sections)
        )


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
    sections, changes, told = [], [], []
    for child, spec in _specs(visit):
        rows, parents = await _stored(session, child, spec, row)
        if len(rows) > reader.MOST:
            sections.append(record_line.full(visit, child, spec, row))
            continue
        known = {values.key_text(child.traits, one): one for one in rows}
        others = Others(child, set(known))
        read = []
        for place, part in _parts(data, child, spec).items():
            key = str(part.get(KEY, ""))
            line = record_line.line(visit, child, spec, place, known.get(key), parents)
            one = await _answered(session, visit, (child, line, key), (known.get(key), part))
            others.compare(key, line, one[0] if one else None)
            read += [one] if one else []
        told += others.told
        read = record_line_order.settled(child, read)
        sections.append(record_line.section(visit, child, spec, [line for line, _ in read]))
        wanted = [change for _, change in read if change is not None]
        if wanted:
            changes.append(Lines(child, spec.column, spec.referenced, wanted, spec.position))
    meanwhile = f"Others had {wording.listed(told)} meanwhile; that stays." if told else ""
    return Inside(tuple(sections), tuple(changes), meanwhile)


async def _answered(
    session: AsyncSession, visit: Visit, asked: tuple[Resource, Line, str], sent: tuple[Any, FormData]
) -> tuple[Line, LineChange | None] | None:
    """None for a line that is not there any more, and that nobody misses."""
    child, line, key = asked
    row, part = sent
    gone = part.get(GONE) == "1"
    of_child = replace(visit, maybe_resource=child)
    if row is not None:
        answer = await choices.resolve(session, of_child, answers.changes(line.form, part, row))
    else:
        answer = await choices.resolve(session, of_child, answers.creation(line.form, part))
    line = replace(line, form=answer.form, gone=gone, key=key if row is not None else "")
    if row is None and key:
        return None if gone or line.blank else (await record_line_clash.lost(session, child, key, line), None)
    if row is None and (gone or line.blank):
        return replace(line, form=record_line.plain(answer.form)), None
    parts = values.parse_key(child.traits, key) if row is not None else None
    if gone:
        # Whoever moved it meanwhile changed nothing about it.
        seen = {name: one for name, one in answers.shown(answer.form, row).items() if name != line.ordered_by}
        return replace(line, form=record_line.plain(answer.form)), LineChange(line.place, parts, {}, seen, gone=True)
    if row is not None and answer.empty:
        return line, None
    return line, LineChange(line.place, parts, answer.values, answer.shown)


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


def _parts(data: FormData, child: Resource, spec: Inlined) -> dict[str, FormData]:
    """What was sent for each line, by its place, under the names of its columns."""
    theirs = data.get(f"{answers.CHOICE}{child.identity}.{record_line_clash.ORDER}") == "theirs"
    left_out = {spec.position, f"{answers.WAS}{spec.position}"} if theirs else set()
    parts: dict[str, list[tuple[str, Any]]] = {}
    for name, text in data.multi_items():
        head, _, rest = name.partition(".")
        place, _, inner = rest.partition(".")
        mark = re.match(r"(was-|null-|choice-)?(.*)", head)
        if mark and mark[2] == child.identity and PLACE.fullmatch(place) and inner and inner not in left_out:
            parts.setdefault(place, []).append((f"{mark[1] or ''}{inner}", text))
    return {place: FormData(pairs) for place, pairs in list(parts.items())[: 2 * reader.MOST]}
