"""The answer of an undo, for every row: undone, kept because somebody changed it since, or impossible and why."""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import wording
from admin.tables import Operation
from admin.values import join_key
from admin.writes.undo.work import LATER

SHOWN = 100
"""Rows that are told one by one; of the others the number is known."""

KEPT = ("changed", "already", "gone")

COUNTS = text("""
    select count(*) filter (where reason is null) as undone,
      count(*) filter (where reason is null and kept is not null) as partly,
      count(*) filter (where reason = any(:kept)) as kept, count(*) filter (where reason <> all(:kept)) as impossible,
      count(*) filter (where reason is null and way = 'secret') as secrets
    from larder_undo
""")

# Who is to blame: for a row that is gone who deleted it, for kept columns who first changed one of them.
ROWS = text(f"""
    select w.table_name, w.net, w.key, w.reason, w.kept, w.way, w.what, blame.at, person_name
    from larder_undo as w
    left join lateral (
      select * from (
        select b.at, b.id, b.kind, b.operation_id, before, lead(before) over (order by b.id) as after {LATER}) as later
      where case when w.reason = 'gone' then kind = 'D' when w.kept is null then true else exists (
        select from unnest(w.kept) as name where before -> name is distinct from coalesce(after, w.now) -> name) end
      order by id limit 1) as blame on true
    left join larder.operation as o on o.id = blame.operation_id
    where w.reason is not null or w.kept is not null
    order by w.n limit {SHOWN}
""")


@dataclass(frozen=True)
class Left:
    """A row that was not undone, or (`partly`) only in the columns that still were as the operation had left them.

    `table` has its schema in front, `key` is the key as in URLs.
    """

    table: str
    key: str
    reason: str
    partly: bool = False


@dataclass(frozen=True)
class UndoReport:
    """What an undo did. `undone` counts rows; `kept` and `impossible` tell the first rows that were left, of
    `kept_rows` and `impossible_rows`. `operation_id` is None when nothing could be undone; `already` when somebody
    had undone the operation before, and this is what that one did."""

    operation_id: int | None
    undone: int
    sentence: str
    kept: list[Left] = field(default_factory=list)
    impossible: list[Left] = field(default_factory=list)
    kept_rows: int = 0
    impossible_rows: int = 0
    already: bool = False

    @property
    def whole(self) -> bool:
        """Whether every row was undone."""
        return not self.kept and not self.impossible

    def detail(self) -> dict[str, Any]:
        """What the operation of the undo keeps of it, from which `repeated` makes the report again."""
        left = {"kept": [asdict(one) for one in self.kept], "impossible": [asdict(one) for one in self.impossible]}
        return left | {"kept_rows": self.kept_rows, "impossible_rows": self.impossible_rows}


async def report(session: AsyncSession, operation: Operation, undo_id: int) -> UndoReport:
    """Sum up the work of this transaction's undo."""
    counts = (await session.execute(COUNTS, {"kept": list(KEPT)})).one()
    known = {"operation": operation.id, "at": operation.at, "undo": undo_id}
    rows = (await session.execute(ROWS, known)).all()
    kept = [_left(row) for row in rows if row.reason is None or row.reason in KEPT]
    impossible = [_left(row) for row in rows if row.reason is not None and row.reason not in KEPT]
    return UndoReport(
        operation_id=undo_id if counts.undone else None,
        undone=counts.undone,
        sentence=_sentence(operation, counts, kept + impossible),
        kept=kept,
        impossible=impossible,
        kept_rows=counts.kept + counts.partly,
        impossible_rows=counts.impossible,
    )


def repeated(undo: Operation) -> UndoReport:
    """The report of an undo that was done before."""
    left = {name: [Left(**one) for one in undo.detail.get(name, [])] for name in ("kept", "impossible")}
    return UndoReport(
        operation_id=undo.id,
        undone=undo.rows,
        sentence=f"Already undone by {undo.person_name} {wording.moment(undo.at)}.",
        kept_rows=undo.detail.get("kept_rows", 0),
        impossible_rows=undo.detail.get("impossible_rows", 0),
        already=True,
        **left,
    )


def _sentence(operation: Operation, counts: Any, left: list[Left]) -> str:
    """“Undone: 37 orders deleted. 36 rows put back and 1 kept: Ben changed title on 3 May 2026 at 10:42 UTC.”"""
    again = operation.kind == "undo" and operation.sentence.startswith("Undone: ")
    start = f"{'Done again' if again else 'Undone'}: " if counts.undone else "Nothing could be undone: "
    what = start + operation.sentence.removeprefix("Undone: ").removeprefix("Done again: ")
    what += " Secrets stay as they are now: no record holds them." if counts.secrets else ""
    if not left:
        return what
    whole = counts.undone - counts.partly
    numbers = [f"{wording.counted(whole, 'row', 'rows')} put back"] if whole else []
    numbers += [f"{counts.partly:,} put back in part"] if counts.partly else []
    numbers += [f"{counts.kept:,} kept"] if counts.kept else []
    numbers += [f"{counts.impossible:,} not possible"] if counts.impossible else []
    more = "" if counts.partly + counts.kept + counts.impossible == 1 else ", and others"
    return f"{what} {wording.listed(numbers)}: {left[0].reason}{more}."


def _left(row: Row[Any]) -> Left:
    return Left(row.table_name, join_key(row.key), _reason(row), partly=row.reason is None)


def _reason(row: Row[Any]) -> str:
    when = f" {wording.moment(row.at)}" if row.at else ""
    who = row.person_name or "somebody outside the console"
    what = row.what or ""
    if row.reason in ("changed", "gone", None):
        columns = wording.listed([name.replace("_", " ") for name in row.kept or ["it"]])
        return f"{who} {'deleted it' if row.reason == 'gone' else f'changed {columns}'}{when}"
    sentences = {
        "already": "it is as it was before",
        "exists": "a row with this key exists again",
        "table": "its table is not there any more",
        "taken": f"{what} is used by #{join_key(json.loads(row.way))} now" if row.reason == "taken" else "",
        "parent": f"its {wording.table_words(what)} {row.way} does not exist any more",
        "referenced": f"rows of {wording.table_words(what)} refer to it",
        "refused": str(row.way),
        "secret": f"no record holds a secret ({what})",
    }
    return sentences[row.reason]
