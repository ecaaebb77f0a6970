"""The order of the lines in a form. What is typed as a position is a wish for a place among the others.

A line that is moved up to 2 stands before the one that is 2 already, one that is moved down to 2 behind it; whoever is
in the way makes room. Nothing else is renumbered, so that a save writes only the positions that changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from admin import values
from admin.errors import FieldError
from admin.resource import Resource
from admin.web.record_line import Line
from admin.writes.lines import LineChange

Read = tuple[Line, LineChange | None]
"""A line as it was answered, and what it changes."""


@dataclass(frozen=True)
class _Standing:
    """Where a line wishes to stand, and where it stood; `was` is None for one that stood nowhere."""

    at: int
    line: Line
    change: LineChange | None
    number: int
    was: int | None

    @property
    def moved(self) -> bool:
        return self.number != self.was

    @property
    def order(self) -> tuple[int, int, int]:
        """Among those of one number: who came up, who was there, who came down."""
        return self.number, (not self.moved) + 2 * (self.was is not None and self.was < self.number), self.at

    def beside(self, other: _Standing) -> bool:
        """Whether both had this number before, and keep the order of their keys."""
        return not self.moved and not other.moved and self.number == other.number


def settled(child: Resource, read: list[Read]) -> list[Read]:
    """The lines in the order they are to stand in, with the changes that this takes."""
    standing, others = [], []
    for at, (line, change) in enumerate(read):
        one = _standing(at, line, change)
        if one is None:
            others.append((line, change))
        else:
            standing.append(one)
    standing.sort(key=lambda one: one.order)
    if not any(one.moved for one in standing):
        return [*((one.line, one.change) for one in standing), *others]
    return [*(_placed(child, one, number) for one, number in _numbers(standing)), *others]


def _standing(at: int, line: Line, change: LineChange | None) -> _Standing | None:
    """None for a line that has no place: an empty one, or one that goes to the end by itself."""
    number = line.standing("text")
    return None if number is None or line.blank else _Standing(at, line, change, number, line.standing("was"))


def _numbers(standing: Iterable[_Standing]) -> Iterator[tuple[_Standing, int]]:
    """Each with the number it gets: its own, or the next free one behind the line before it."""
    last, before = 0, None
    for one in standing:
        if one.line.gone:
            yield one, one.number
            continue
        step = 0 if before is not None and one.beside(before) else 1
        last, before = max(one.number, last + step), one
        yield one, last


def _placed(child: Resource, one: _Standing, number: int) -> Read:
    line, change, field = one.line, one.change, one.line.position
    if field is None or line.gone:
        return line, change
    if number > (field.column.limit or number):
        error = FieldError(field.name, f"{field.label} is too large: no line can stand behind it.")
        return replace(line, form=line.form.with_errors([error])), change
    fields = tuple(replace(f, text=str(number)) if f.name == field.name else f for f in line.form.fields)
    line = replace(line, form=replace(line.form, fields=fields))
    if not line.key:
        return line, change and replace(change, values={**change.values, field.name: number})
    change = change or LineChange(line.place, values.parse_key(child.traits, line.key), {})
    wanted = {name: value for name, value in change.values.items() if name != field.name}
    if number != one.was:
        change = replace(change, shown={**change.shown, field.name: one.was})
        wanted[field.name] = number
    return line, replace(change, values=wanted) if wanted else None
