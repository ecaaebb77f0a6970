"""`make bench`: builds the data, measures Larder, its peers and the bare database in one run, writes RESULTS.md."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from admin import schema
from admin.app import create_app
from admin.embedded import EmbeddedPostgres
from admin.reads import keyset, listing
from admin.reads.query import ListQuery
from admin.settings import Settings
from bench import cases, import_report, imports, measure, report
from bench.servers import running
from bench.table import Table
from models.seed import seed

FULL = {"event": 10_000_000, "document": 1_000_000, "customer": 10_000}
CONSOLES = ("Larder", "sqladmin", "Django")


def main() -> None:
    """Measure, print the table, and keep it beside this file."""
    options = argparse.ArgumentParser(prog="bench", description=__doc__)
    options.add_argument("--small", action="store_true", help="a tenth of the data")
    options.add_argument("--runs", type=int, default=15, help="runs of each page")
    options.add_argument("--only", choices=["pages", "imports"], help="measure this part alone")
    arguments = options.parse_args()
    rows = {table: size // (10 if arguments.small and size > 10_000 else 1) for table, size in FULL.items()}
    busy = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    with tempfile.TemporaryDirectory(prefix="larder-bench-") as place:
        # Root's server runs as another account, which has to get there.
        Path(place).chmod(0o711)
        with EmbeddedPostgres(Path(place) / "state") as server:
            print("Building the data …", flush=True)
            _build(server, rows if arguments.only != "imports" else dict.fromkeys(rows, 1_000))
            parts = {}
            if arguments.only != "imports":
                parts["pages"] = [
                    report.head(_machine(rows, busy)),
                    *report.sections(_measure(server, rows, arguments.runs)),
                ]
            if arguments.only != "pages":
                many = 100_000 if arguments.small else 1_000_000
                measured = imports.measure(server, Path(place), many, min(many, 100_000))
                parts["imports"] = import_report.sections(measured, report.facts(_machine({"customer": many}, busy)))
    texts = {part: "\n\n".join(sections) + "\n" for part, sections in parts.items()}
    if not arguments.small:
        _keep(texts)
    print("\n".join(texts.values()))


def _keep(texts: dict[str, str]) -> None:
    """Renew what was measured; the other part stays as it was."""
    file = Path(__file__).parent / "RESULTS.md"
    pages, heading, rest = file.read_text().partition(import_report.HEADING)
    file.write_text("\n".join([texts.get("pages", pages).rstrip() + "\n", texts.get("imports", heading + rest)]))


def _build(server: EmbeddedPostgres, rows: dict[str, int]) -> None:
    schema.migrate(server.owner_url, "larder_app")
    engine = create_engine(server.owner_url)
    with engine.connect() as connection:
        seed(connection, "demo", rows)
        connection.commit()
    engine.dispose()
    with psycopg.connect(server.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("vacuum (analyze)")


def _measure(server: EmbeddedPostgres, rows: dict[str, int], runs: int) -> Table:
    questions = cases.pages(rows, _words(server), _middle(server))
    table = Table(CONSOLES)
    with psycopg.connect(server.app_url.replace("+psycopg", ""), prepare_threshold=None) as connection:
        for case in questions:
            table.bare[case.name] = measure.timed(lambda sql=case.sql: len(connection.execute(sql).fetchall()), runs)
        table.copy = measure.copy(connection, cases.COPY)
    for name in CONSOLES:
        with running(name, server.app_url, server.owner_url) as console:
            for case in questions:
                print(f"{name}: {case.name}", flush=True)
                path = case.paths.get(name)
                table.pages[name, case.name] = (
                    measure.page(console, path, runs) if path else measure.Failure("not there")
                )
            table.loads[name] = measure.requests_per_second(console, questions[0].paths[name])
            if path := cases.EXPORTS.get(name):
                table.exports[name] = measure.download(console, path)
    return table


def _middle(server: EmbeddedPostgres) -> str:
    """The cursor of the event in the middle, as scrolling there would have brought it."""
    with psycopg.connect(server.app_url.replace("+psycopg", "")) as connection:
        place = connection.execute(cases.MIDDLE).fetchone()
    resource = create_app(Settings(database_url=server.app_url)).state.console.resources["event"]
    return keyset.cursor(resource, listing.cursor_order(resource, ListQuery(mode="scroll")), place or ())


def _words(server: EmbeddedPostgres) -> dict[str, str]:
    """A rare, a common and an absent word, by what the data really holds."""
    with psycopg.connect(server.owner_url.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "select word, ndoc from ts_stat('select to_tsvector(''simple'', title || '' '' || body) "
            "from document tablesample system (1)') where length(word) > 4 order by ndoc"
        ).fetchall()
    return {"rare": found[0][0], "common": found[-1][0], "absent": "xyzzyplugh"}


def _machine(rows: dict[str, int], busy: str) -> dict[str, str]:
    return {
        "rows": ", ".join(f"{size:,} {table}s" for table, size in rows.items()),
        "load before it": busy,
        "Python": platform.python_version(),
        "sqladmin": version("sqladmin"),
        "Django": version("django"),
    }


if __name__ == "__main__":
    main()
