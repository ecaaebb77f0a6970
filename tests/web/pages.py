"""Pages as a browser reads them: the fields of a form, the messages, where an answer leads."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import quote as escaped

from httpx2 import AsyncClient, Response


class FormReader(HTMLParser):
    """The fields of the page's POST form that has a nonce, as a browser would send them untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: dict[str, str] = {}
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "form-nonce" not in self.pairs and given.get("enctype") == "multipart/form-data"
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("checkbox", "radio"):
            self.pairs[name] = given.get("value", "")
        elif tag == "input" and given.get("type") in ("checkbox", "radio") and "checked" in given:
            self.pairs[name] = given.get("value", "on")
        elif tag == "textarea":
            self._area, self.pairs[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.pairs):
            self.pairs[self._select] = given["value"]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.pairs[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # A parser of HTML drops the line break right after the tag.
            self.pairs[self._area] = self.pairs[self._area].removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._inside = False


def read(page: Response) -> dict[str, str]:
    reader = FormReader()
    reader.feed(page.text)
    assert "form-nonce" in reader.pairs, page.text
    return {name: re.sub("\r\n|\r|\n", "\r\n", value) for name, value in reader.pairs.items()}


async def form(client: AsyncClient, url: str, **typed: str) -> dict[str, str]:
    return {**read(await client.get(url)), **typed}


def toasts(page: Response) -> list[str]:
    return re.findall(r'<div class="toast.*?<p role="\w+">(.*?)</p>', page.text, re.DOTALL)


async def follow(client: AsyncClient, answer: Response) -> Response:
    assert answer.status_code == 303, answer.text
    while answer.status_code == 303:
        answer = await client.get(answer.headers["location"])
    return answer


def quote(text: str) -> str:
    return escaped(text, safe="")
