"""A client of imports: hands a file in and follows it, as a browser would; plain sockets, nothing held in memory."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.parse
from pathlib import Path
from typing import Any

from bench.servers import Server

BOUNDARY = "larder-bench"
STEP_S = 0.05
"""Between two looks at where an import stands."""
LIMIT_S = 600
"""A benchmark that hangs says so, instead of waiting for ever."""


class Client:
    """One person with one import at a time."""

    def __init__(self, console: Server) -> None:
        self.console = console
        self.path = ""

    def hand_in(self, file: Path) -> None:
        """Upload and wait for the review."""
        answer = self._sent("/admin/customer/import", "file", file)
        answer.read()
        if answer.status != 303:
            raise ConnectionError(f"handing in answered {answer.status}")
        self.path = str(answer.getheader("location")).split("?", 1)[0]
        self._wait("review")

    def check_again(self) -> None:
        """Choose what is chosen already: the check alone."""
        self._get(f"{self.path}?step=mode")
        form = {"mode": "upsert", "key": "customer_pkey", "unescape": "true", "step": "mode"}
        columns = enumerate(("id", "email", "name", "city", "balance", "born", "active"), 1)
        self._post(f"{self.path}/choices", form | {f"map-{n}": column for n, column in columns})
        self._wait("review")

    def run(self) -> None:
        """Let the review happen."""
        self._post(f"{self.path}/apply", {"again": "true"})
        self._wait("done")

    def run_quietly(self, file: Path) -> None:
        self.hand_in(file)
        self.run()

    def undo(self) -> None:
        """Undo the import that was run last."""
        found = re.search(rb"/admin/operations/\d+/undo", self._get(self.path))
        if found is None:
            raise ConnectionError("its page offers no undo")
        self._post(found[0].decode(), {})

    def to_sqladmin(self, file: Path, timeout: float) -> None:
        """Hand the file to sqladmin's import, which reads, checks and writes in one request."""
        started = time.monotonic()
        answer = self._sent("/admin/customer/import", "csvfile", file, timeout)
        said = b""
        # It says how far it is all the while, so that no single read would ever take too long.
        while chunk := answer.read1(2**16):
            said = (said + chunk)[-2_000:]
            if time.monotonic() - started > timeout:
                answer.close()
                raise TimeoutError
        if answer.status != 200 or b'"ok": true' not in said:
            raise ConnectionError(f"sqladmin answered {answer.status}: {said!r}")

    def _wait(self, state: str) -> None:
        limit = time.monotonic() + LIMIT_S
        while (found := self._status())["state"] != state:
            if found["state"] in ("failed", "cancelled") or time.monotonic() > limit:
                raise ConnectionError(f"the import is {found['state']}: {found['error']}")
            time.sleep(STEP_S)

    def _status(self) -> Any:
        """Where the import stands. On a machine that is busy with it, the answer may be to ask again."""
        while (said := self._get(f"{self.path}/status"))[:1] != b"{":
            time.sleep(STEP_S)
        return json.loads(said)

    def _get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.console.port, timeout=600)
        connection.request("GET", path, headers=self.console.headers)
        return connection.getresponse().read()

    def _post(self, path: str, form: dict[str, str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.console.port, timeout=1_200)
        headers = self._headers("application/x-www-form-urlencoded")
        connection.request("POST", path, urllib.parse.urlencode(form), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 303):
            raise ConnectionError(f"{path} answered {answer.status}: {said[-300:]!r}")

    def _sent(self, path: str, name: str, file: Path, timeout: float = 1_200) -> http.client.HTTPResponse:
        disposition = f'form-data; name="{name}"; filename="{file.name}"'
        start = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: text/csv\r\n\r\n".encode()
        end = f"\r\n--{BOUNDARY}--\r\n".encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.console.port, timeout=timeout)
        connection.putrequest("POST", path)
        length = len(start) + file.stat().st_size + len(end)
        headers = self._headers(f"multipart/form-data; boundary={BOUNDARY}") | {"Content-Length": str(length)}
        for header, value in headers.items():
            connection.putheader(header, value)
        connection.endheaders(start)
        with file.open("rb") as content:
            while chunk := content.read(2**18):
                connection.send(chunk)
        connection.send(end)
        return connection.getresponse()

    def _headers(self, content_type: str) -> dict[str, str]:
        origin = f"http://127.0.0.1:{self.console.port}"
        return {**self.console.headers, "Content-Type": content_type, "Origin": origin}
