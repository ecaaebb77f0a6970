"""What a check found or a run did: the same numbers from both, and they always add up.

Every row of the file is exactly one of new, changed, unchanged, rejected. The numbers are counted in the database,
never kept along the way.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import mapping, originals, outcome, parents, reasons
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.reasons import Group, Rejection


@dataclass(frozen=True)
class Report:
    """The outcome of a check or a run; `changes` counts changed rows by column, `created` new parents by column."""

    new: int
    changed: int
    unchanged: int
    rejected: int
    total: int
    rejections: tuple[Rejection, ...] = ()
    groups: tuple[Group, ...] = ()
    more_groups: int = 0
    """How many more groups there are than are listed."""
    changes: dict[str, int] | None = None
    missing_parents: dict[str, int] | None = None
    created: dict[str, int] | None = None
    warnings: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()
    corrected: int = 0
    """Rows that differ from the file because they were corrected, whatever their verdict."""
    left_out: int = 0
    """Of the rejected rows, those that somebody left out by choice: they stop nothing."""
    emptied: dict[str, int] | None = None
    """Of `changes`, how many lose the value they have."""
    conflicts: tuple[Rejection, ...] = ()
    """Why a run was stopped: the first rows that could not be written as reviewed."""
    parts: tuple[int, ...] = ()
    """The lines behind which the second and further parts of a large file of rejects begin."""
    at: str = ""
    """When this was found; two checks never have the same."""
    questions: dict[str, Any] | None = None
    """What the values leave open, see `styles.questions`."""
    applied: bool = False
    """Whether this is what was done, rather than what would be."""

    def __post_init__(self) -> None:
        if self.new + self.changed + self.unchanged + self.rejected != self.total:
            raise ArithmeticError(f"rows are unaccounted for: {self.counts}")

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("new", "changed", "unchanged", "rejected", "total")}

    @property
    def importable(self) -> int:
        """Rows that the run would write."""
        return self.new + self.changed

    @property
    def standing(self) -> int:
        """Rejected rows about which nothing was decided yet."""
        return self.rejected - self.left_out

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Report:
        lists: dict[str, Any] = {name: tuple(stored[name]) for name in ("warnings", "blocking")}
        lists["parts"] = tuple(stored.get("parts", ()))
        for name in ("rejections", "conflicts"):
            lists[name] = tuple(Rejection(**rejection) for rejection in stored.get(name, ()))
        lists["groups"] = tuple(
            Group(**{**group, "lines": tuple(group.get("lines", ()))}) for group in stored["groups"]
        )
        return cls(**{**stored, **lists})


async def read(session: AsyncSession, plan: Plan, warnings: list[str]) -> Report:
    """Count what the tables of a check say."""
    verdicts = dict(
        await st.rows(session, st.of("select verdict, count(*) from {t} group by 1", t=plan.staging("row")))
    )
    total = await st.value(session, st.of("select count(*) from {t}", t=plan.staging()))
    rejected = await st.value(session, st.of("select count(distinct line) from {t}", t=plan.staging("error")))
    corrected = await originals.count(session, plan.import_id)
    report = Report(
        verdicts.get("new", 0),
        verdicts.get("changed", 0),
        verdicts.get("unchanged", 0),
        rejected,
        total,
        warnings=(*warnings, *_hints(plan)),
        blocking=tuple(mapping.blocking(plan.resource, plan.options)),
        missing_parents=await parents.count_missing(session, plan),
        corrected=corrected.rows,
        left_out=corrected.left_out,
        at=str(await st.value(session, st.of("select clock_timestamp()::text"))),
    )
    if rejected:
        groups, more = await reasons.groups(session, plan)
        report = replace(
            report,
            rejections=await reasons.rejections(session, plan),
            groups=groups,
            more_groups=more,
            parts=await reasons.parts(session, plan),
        )
    if report.changed:
        changes, emptied = await _changes(session, plan)
        report = replace(report, changes=changes, emptied=emptied)
    return report


async def _changes(session: AsyncSession, plan: Plan) -> tuple[dict[str, int], dict[str, int]]:
    """How many rows change each column, and how many of those lose their value."""
    counts = []
    for mapped in plan.written:
        differs = outcome.differs(plan, mapped)
        counts.append(st.of("count(*) filter (where {d})", d=differs))
        empty = st.of("{d} and {u} is null", d=differs, u=outcome.updated(plan, mapped))
        counts.append(st.of("count(*) filter (where {e})", e=empty))
    statement = st.of(
        "select {counts} {joined} where c.line in (select line from {rows} where verdict = 'changed')",
        counts=st.joined(st.COMMA, counts), joined=outcome.joined(plan), rows=plan.staging("row"),
    )  # fmt: skip
    (found,) = await st.rows(session, statement)
    names = [mapped.column.name for mapped in plan.written]
    changed, emptied = zip(names, found[0::2], strict=True), zip(names, found[1::2], strict=True)
    return {name: count for name, count in changed if count}, {name: count for name, count in emptied if count}


def _hints(plan: Plan) -> list[str]:
    """What the choices mean for rows of this file, said beforehand."""
    used = {match.cell for match in plan.options.matches}
    found = []
    ignored = [header for n, header in enumerate(plan.headers, 1) if n not in used and header]
    if ignored:
        found.append(f"Ignored: {', '.join(ignored)}.")
    missing = mapping.missing_columns(plan.resource, plan.options)
    if plan.options.mode == "upsert" and missing:
        found.append(f"The file has no {', '.join(missing)}: rows can be changed, but not added.")
    return found
