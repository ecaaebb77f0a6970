"""What the pages of an import show, as finished values; the templates only print them."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property

from admin import values
from admin.errors import LarderError
from admin.reads.wording import counted, inside, rows_of
from admin.resource import Resource
from admin.web import urls
from admin.web.csv_import_stages import OPEN, PAGES, stage
from admin.web.csv_import_tabs import Tab, tabs
from admin.web.visit import Visit
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS
from admin.writes.csv_import.store import Stored

STEPS = {"File": "file", "Match": "match", "Mode": "mode", "Review": "", "Run": None, "Result": None}
"""The way of an import, and the page of each step that can be gone back to."""


class View:
    """The page of one import."""

    def __init__(
        self, visit: Visit, stored: Stored, state: str, options: Options | None, problem: LarderError | None = None
    ) -> None:
        self.visit = visit
        self.stored = stored
        self.state = state
        self.stage = stage(stored, state)
        self.options = options or Options(())
        self.problem = str(problem) if problem else None
        self.status = problem.status if problem else 200

    @property
    def template(self) -> str:
        return PAGES[self.stage][0]

    @property
    def title(self) -> str:
        return PAGES[self.stage][1].format(file=self.file)

    @property
    def steps(self) -> list[tuple[str, str | None]]:
        """The way of an import; what can still be changed leads back to where it is chosen."""
        if self.stage not in OPEN:
            return [(name, None) for name in STEPS]
        there = STEPS if self.stored.staged else {"File": STEPS["File"]}
        return [(name, None if (page := there.get(name)) is None else self.url(page)) for name in STEPS]

    @property
    def summary(self) -> str:
        """What is read, from whom, into which table."""
        record, form = self.stored.record, self.stored.format
        read = f"{DELIMITERS[form.delimiter]} separated, {ENCODINGS.get(form.encoding, form.encoding)}"
        if form.sheet is not None:
            read = f"sheet “{form.sheet}”" + (f" of {len(form.sheets)}" if len(form.sheets) > 1 else "")
        return (
            f"{record.file_bytes:,} bytes, {read}, handed in by {record.person_name} for {self.resource.name_plural}."
        )

    @property
    def created(self) -> list[tuple[str, str]]:
        """Parents that are made along with the rows, or would be: “New authors”, “4,664”."""
        missing = self.report.missing_parents or {}
        wanted = {name: missing.get(name, 0) for name in self.options.create}
        found = self.report.created if self.report.applied else wanted
        return [(f"New {self.parents(name)}", f"{count:,}") for name, count in (found or {}).items() if count]

    def parents(self, name: str) -> str:
        """What the rows are called that a column refers to: “authors”."""
        reference = self.resource.column(name).references
        parent = self.visit.console.resource_of(reference.model) if reference else None
        return inside(parent.name_plural if parent else self.resource.label(name))

    @property
    def resource(self) -> Resource:
        return self.visit.resource

    @property
    def report(self) -> Report:
        return self.stored.report or Report(0, 0, 0, 0, 0)

    @property
    def file(self) -> str:
        return self.stored.record.file_name

    @cached_property
    def stats(self) -> list[tuple[str, str, str]]:
        tones = {"new": "green", "changed": "blue", "unchanged": "", "rejected": "red"}
        numbers = self.report.counts
        return [(name.title(), f"{numbers[name]:,}", tone if numbers[name] else "") for name, tone in tones.items()]

    @cached_property
    def tabs(self) -> list[Tab]:
        return tabs(self.report, self.visit.request.query_params.get("show", ""), self.number("after"), self.page_url)

    @property
    def tab(self) -> Tab:
        return next(tab for tab in self.tabs if tab.current)

    def number(self, parameter: str) -> int:
        """A line that the address names, such as the one behind which a page begins; 0: none."""
        text = self.visit.request.query_params.get(parameter, "").replace(",", "").strip()
        return min(int(text), 2**31 - 1) if text.isdecimal() and len(text) < 12 else 0

    def page_url(self, verdict: str, after: int = 0) -> str:
        return urls.import_page(self.stored.id, query=f"show={verdict}" + (f"&after={after}" if after else ""))

    def line_url(self, line: int) -> str:
        """The page of rows on which a line stands, whatever became of it."""
        return f"{urls.import_page(self.stored.id, query=f'line={line}')}#rows"

    def url(self, step: str = "", query: str = "") -> str:
        return urls.import_page(self.stored.id, step, query)

    @property
    def choices_url(self) -> str:
        """Where it is chosen what becomes of the rows."""
        return self.url("match")

    @property
    def run_label(self) -> str:
        return f"Import {counted(self.report.importable, 'row', 'rows')}"

    @cached_property
    def obstacle(self) -> str | None:
        """Why the import cannot run as it stands."""
        if self.report.blocking:
            return self.report.blocking[0]
        if self.report.standing and not self.options.skip_bad:
            rejected = counted(self.report.standing, "rejected row stops", "rejected rows stop")
            them = "it" if self.report.standing == 1 else "them"
            return f"{rejected} the import. Mend {them} below, change the choices, or skip {them}."
        return None if self.report.importable else "Nothing would change."

    @property
    def mark(self) -> str:
        return mark(self.stored)

    @property
    def changes(self) -> list[str]:
        """“Price: 412 rows change, 3 become empty”, column by column."""
        emptied = self.report.emptied or {}
        found = []
        for name, count in (self.report.changes or {}).items():
            said = f"{self.resource.label(name)}: {counted(count, 'row changes', 'rows change')}"
            empty = f", {counted(emptied[name], 'becomes', 'become')} empty" if emptied.get(name) else ""
            found.append(said + empty)
        return found

    @property
    def conflicts(self) -> list[tuple[str, str, str]]:
        """The first rows that stopped a run: line, where it stands now, reason."""
        return [(f"{one.line:,}", self.line_url(one.line), one.reason) for one in self.report.conflicts[:10]]

    @property
    def list_url(self) -> str:
        return urls.listing(self.resource.identity)

    @property
    def imports_url(self) -> str:
        return urls.imports()

    @property
    def again_url(self) -> str:
        return urls.import_upload(self.resource.identity)

    @property
    def rows_url(self) -> str | None:
        """The list of exactly the rows that it added and changed."""
        operation = self.stored.record.operation_id
        return urls.listing(self.resource.identity, f"operation={operation}") if operation else None

    @property
    def done(self) -> str:
        """“952 rows imported”, or what came of it in the end."""
        rows = rows_of(self.resource, self.report.importable)
        return f"{rows} imported" if self.state == "done" else f"Import of {rows} undone"

    def details_url(self, key: tuple[str, ...]) -> str:
        return urls.details(self.resource.identity, values.join_key(list(key)))


def mark(stored: Stored) -> str:
    """A short name for exactly these choices and numbers, so that a page which is out of date cannot run others."""
    report = [stored.report.counts, stored.report.at] if stored.report else []
    seen = json.dumps([stored.record.options, report], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
