"""A client that never finishes the head of its request is let go; a slow body and an idle connection are not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from admin.commands import timed_http
from tests.embedded.user import eventually

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def echo(scope, receive, send) -> None:
    """Answers with the length of what it was sent."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    body = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


sent: list[int] = []


async def flood(scope, receive, send) -> None:
    """Sends 128 MB as fast as it may."""
    sent.clear()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for number in range(2_000):
        await send({"type": "http.response.body", "body": b"x" * 2**16, "more_body": True})
        sent.append(number)
    await send({"type": "http.response.body", "body": b""})


async def app(scope, receive, send) -> None:
    await (flood if scope["path"] == "/flood" else echo)(scope, receive, send)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A connection to a server that gives a head 0.8 seconds."""
    monkeypatch.setattr(timed_http, "HEAD_SECONDS", 0.8)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=timed_http.TimedProtocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    eventually(lambda: server.started)
    with socket.create_connection(listener.getsockname()) as connection:
        connection.settimeout(10)
        yield connection
    server.should_exit = True
    thread.join()
    listener.close()


def _answer(client: socket.socket) -> bytes:
    answer = b""
    while not answer.partition(b"\r\n\r\n")[2]:
        received = client.recv(4096)
        assert received, "the connection was closed"
        answer += received
    return answer.partition(b"\r\n\r\n")[2]


def test_a_request_is_answered_at_once(client: socket.socket) -> None:
    client.sendall(REQUEST)
    answer = client.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), "the head"
    assert answer.endswith(b"\r\n\r\n0"), "and the body with it"


def test_an_answer_without_end_waits_for_its_reader(client: socket.socket) -> None:
    client.sendall(REQUEST.replace(b"/ ", b"/flood "))
    assert client.recv(1) == b"H"
    assert len(sent) < 1_000


def test_silence_is_ended(client: socket.socket) -> None:
    assert client.recv(1) == b""


def test_half_a_head_is_ended(client: socket.socket) -> None:
    client.sendall(REQUEST[:20])
    assert client.recv(1) == b""


def test_half_a_head_on_a_used_connection_is_ended(client: socket.socket) -> None:
    client.sendall(REQUEST)
    _answer(client)
    client.sendall(REQUEST[:20])
    assert client.recv(1) == b""


def test_an_idle_connection_stays(client: socket.socket) -> None:
    client.sendall(REQUEST)
    _answer(client)
    client.settimeout(1.5)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(10)
    client.sendall(REQUEST)
    assert _answer(client) == b"0"


def test_a_slow_body_is_waited_for(client: socket.socket) -> None:
    client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab")
    client.settimeout(1.5)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(10)
    client.sendall(b"cd")
    assert _answer(client) == b"4"
