"""One statement over many rows where a single bad row must not fail the others: tried whole, then in halves.

Costs one statement when nothing is wrong, and about twice the logarithm of the rows for each one that is.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from admin.errors import Conflict
from admin.writes import constraints
from admin.writes.undo import aside as stepping_aside
from admin.writes.undo.work import OPEN, Step

MOST_FAILURES = 200
"""Failed statements after which the whole undo is given up: each costs a round trip and a savepoint."""

REFUSED = f"update larder_undo as w set reason = 'refused', way = :why where {OPEN} and w.n between :first and :last"


async def in_halves(step: Step, *statements: str, aside: Mapping[str, str] | None = None) -> None:
    """Run each statement for the open rows with `:first` <= n <= `:last`; mark those that are refused, and why.

    `aside` names statements whose rows may be in each other's way, and says by a condition which rows those are.

    Of several, each is about other rows, and all rows of one are written before those of the next. Raises `Conflict`
    when too many are refused, and what stands behind an error that is not about rows.
    """
    failures = written = 0
    whole = (step.group.first, step.group.last)
    ranges = [(statement, *whole) for statement in reversed(statements)]
    while ranges:
        statement, first, last = ranges.pop()
        try:
            async with step.session.begin_nested():
                rows = await step.run(statement, first=first, last=last)
        except DBAPIError as error:
            if not constraints.is_about_rows(error):
                raise
            condition = (aside or {}).get(statement) if (first, last) == whole else None
            if condition and (together := await stepping_aside.together(step, statement, condition)):
                written += together
                continue
            failures += 1
            why = str(constraints.explain(error)).rstrip(".")
            if failures > MOST_FAILURES:
                raise Conflict(f"Nothing was undone: too many rows cannot be put back. {why}.") from error
            ranges += await _smaller(step, statement, (first, last), why[0].lower() + why[1:])
        else:
            written += rows
    if written != await step.open_rows():
        # A trigger of the table may silently skip a row; then nobody could say any more what was undone.
        raise Conflict("Nothing was undone: a rule of the database held rows back without saying why.")


async def _smaller(step: Step, statement: str, refused: tuple[int, int], why: str) -> list[tuple[str, int, int]]:
    """The halves of what was refused; none, and it is marked, when that is one row."""
    first, last = refused
    if first == last:
        await step.run(REFUSED, first=first, last=last, why=why)
        return []
    middle = (first + last) // 2
    return [(statement, middle + 1, last), (statement, first, middle)]
