"""Lists as a browser reads them: the keys of their rows, their links, the count, and the acts on ticked rows."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from httpx2 import Response

from tests.postgres import Database


class Links(HTMLParser):
    """Where the links of a page lead, by their accessible name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.urls: dict[str, str] = {}
        self._url: str | None = None
        self._name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._url, self._name = given.get("href"), given.get("aria-label") or ""

    def handle_data(self, data: str) -> None:
        if self._url is not None:
            self._name += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._url is not None:
            self.urls.setdefault(self._name.strip(), self._url)
            self._url = None


def links(page: Response) -> dict[str, str]:
    """Text or label of each link → the path it leads to from this page."""
    assert page.status_code == 200, page.text
    path = page.request.url.raw_path.decode()
    return {text: urljoin(path, url) for text, url in Links(page.text).urls.items()}


def keys(page: Response) -> list[str]:
    return [html.unescape(key) for key in re.findall(r'<tr data-key="([^"]*)"', page.text)]


def count(page: Response) -> tuple[str, str, str]:
    found = re.search(r'<span data-count="(\w+)" data-value="(\w*)">([^<]*)<', page.text)
    assert found is not None
    return found[1], found[2], found[3]


def documents(database: Database, number: int) -> None:
    database.sql(
        "insert into document (title, body, status)"
        " select 'Paper ' || n, 'Body', 'draft' from generate_series(1, %s) n",
        number,
    )


def buttons(page: Response) -> list[str]:
    return re.findall(r'<button [^>]*form="bulk"[^>]*>(?:<svg.*?</svg>)?([^<]+)</button>', page.text)


def slow_down(database: Database, statements: str = "", seconds: float = 1) -> None:
    """Each document takes its time to be read, by statements that contain a text."""
    database.sql("insert into document (title, body) select 'Paper ' || n, 'Body' from generate_series(1, 25) n")
    database.sql(
        "create function dawdle(bigint) returns boolean language sql volatile as $$"
        f" select case when current_query() like '%{statements}%' then pg_sleep({seconds}) is not null else true end $$"
    )
    database.sql("grant execute on function dawdle to larder_app")
    database.sql("alter table document enable row level security; create policy slowly on document using (dawdle(id))")
