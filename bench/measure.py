"""How long a page takes, how many come a second, what a stream costs; the client is plain sockets and costs little."""

from __future__ import annotations

import asyncio
import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg

from bench.servers import Server


@dataclass(frozen=True)
class Timing:
    """Milliseconds of several runs after a warm-up, and the size of the answer."""

    median: float
    low: float
    high: float
    runs: int
    size: int = 0

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.low)} to {_short(self.high)}, n={self.runs})"


@dataclass(frozen=True)
class Failure:
    """The console gave no answer, or not the right one; the words say why."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Stream:
    """A download: seconds in all, seconds to the first byte, and how much memory it took at its height."""

    seconds: float
    first_byte: float
    megabytes: float
    peak_rss: float
    idle_rss: float


def _short(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 20 else f"{milliseconds:.1f}"


WARM_S = 0.5
"""How long something is asked for before it is timed, at least once: a process that has just started is slower."""


def timed(act: Callable[[], int], runs: int, patience_s: float = 60) -> Timing:
    """Time an act that returns a size; slow ones run less often, at least three times."""
    started, took = time.monotonic(), []
    size = act()
    while time.monotonic() - started < WARM_S:
        size = act()
    started = time.monotonic()
    while len(took) < runs and (len(took) < 3 or time.monotonic() - started < patience_s):
        before = time.perf_counter()
        size = act()
        took.append((time.perf_counter() - before) * 1000)
    return Timing(statistics.median(took), min(took), max(took), len(took), size)


def page(server: Server, path: str, runs: int = 15, timeout: float = 60) -> Timing | Failure:
    """Ask for one page again and again over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)

    def act() -> int:
        connection.request("GET", path, headers=server.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise ConnectionError(f"HTTP {answer.status}")
        return len(body)

    try:
        return timed(act, runs)
    except (OSError, http.client.HTTPException) as error:
        return Failure(str(error) or type(error).__name__)
    finally:
        connection.close()


def requests_per_second(server: Server, path: str, clients: int = 8, seconds: float = 8) -> float:
    """Whole answers a second with several clients, each on a connection of its own."""
    return asyncio.run(_load(server, path, clients, seconds))


async def _load(server: Server, path: str, clients: int, seconds: float) -> float:
    head = "".join(f"{name}: {value}\r\n" for name, value in server.headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{head}\r\n".encode()
    until = time.monotonic() + seconds
    done = await asyncio.gather(*(_client(server.port, request, until) for _ in range(clients)))
    return sum(done) / seconds


async def _client(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = 0
    while time.monotonic() < until:
        writer.write(request)
        closing = await _read_answer(reader)
        answers += 1
        if closing:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    return answers


async def _read_answer(reader: asyncio.StreamReader) -> bool:
    """Read one answer whole; say whether the server closes the connection after it."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise ConnectionError(head.split(b"\r\n", 1)[0].decode())
    if b"content-length:" in head:
        await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
    else:
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    return b"connection: close" in head


def download(server: Server, path: str, timeout: float = 180) -> Stream | Failure:
    """Read a stream to its end, watching the server's memory."""
    idle, peak, over = server.rss(), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, server.rss())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return _download(server, path, timeout, lambda: (peak, idle))
    except (OSError, http.client.HTTPException) as error:
        return Failure(f"stopped after {timeout:.0f} s" if isinstance(error, TimeoutError) else str(error))
    finally:
        over.set()
        watcher.join()


def _download(server: Server, path: str, timeout: float, memory: Callable[[], tuple[int, int]]) -> Stream:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    started = time.perf_counter()
    connection.request("GET", path, headers=server.headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise ConnectionError(f"HTTP {answer.status}")
    total = len(answer.read(1))
    first = time.perf_counter() - started
    while chunk := answer.read(2**16):
        total += len(chunk)
        if time.perf_counter() - started > timeout:
            raise TimeoutError
    peak, idle = memory()
    return Stream(time.perf_counter() - started, first, total / 1e6, peak / 1e6, idle / 1e6)


def copy(connection: psycopg.Connection[Any], statement: str) -> Stream:
    """The same rows by COPY alone, read as `psql \\copy` reads them."""
    memory, started, first, total = psutil.Process().memory_info().rss, time.perf_counter(), 0.0, 0
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        for chunk in rows:
            first = first or time.perf_counter() - started
            total += len(chunk)
    peak = psutil.Process().memory_info().rss
    return Stream(time.perf_counter() - started, first, total / 1e6, peak / 1e6, memory / 1e6)
