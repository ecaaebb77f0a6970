from __future__ import annotations

import json
import logging

import psycopg
import pytest
import structlog
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from admin.web.logging import configure, describe

pytestmark = pytest.mark.anyio


def raised(error: BaseException, cause: BaseException | None = None):
    try:
        raise error from cause
    except BaseException as caught:  # noqa: BLE001 any exception is to be described
        return type(caught), caught, caught.__traceback__


def lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


async def test_a_request_is_one_line_without_its_query(browse, capsys):
    browser = await browse("editor")
    configure("json")
    capsys.readouterr()
    answer = await browser.get("/admin/nothing/list?search=canary", headers={"cookie2": "canary"})
    (line,) = [line for line in lines(capsys) if line["logger"].startswith("larder")]
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("ms") > 0
    assert line == {
        "event": "request", "level": "info", "logger": "larder.web", "request": answer.headers["x-request-id"],
        "method": "GET", "path": "/admin/nothing/list", "status": 404, "actor": "editor",
    }  # fmt: skip


async def test_health_checks_are_left_out(browse, capsys):
    browser = await browse()
    capsys.readouterr()
    for path in ("/healthz", "/readyz", "/metrics"):
        await browser.get(path)
    assert "request" not in [line for line in capsys.readouterr().err.split() if line == "request"]


async def test_every_request_has_its_own_reference(browse):
    browser = await browse()
    references = {
        (await browser.get("/healthz", headers={"x-request-id": "mine"})).headers["x-request-id"] for _ in "ab"
    }
    assert len(references) == 2
    assert "mine" not in references


@pytest.mark.parametrize("style", ["console", "json"])
async def test_nobody_can_write_a_line_of_their_own(browse, capsys, style):
    browser = await browse()
    configure(style)
    capsys.readouterr()
    await browser.get("/a%0d%0aFAKE%1b[31m%e2%80%a8x")
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "FAKE" in line and "larder.web" in line]
    assert "path" in line
    assert not {"\x1b[31m", "\r", "\u2028"} & set(line)
    assert "\\n" in line


def test_what_libraries_log_has_the_same_form(capsys):
    configure("json")
    logging.getLogger("somebody").warning("took %s s", 3)
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("took 3 s", "warning", "somebody")


def test_an_exception_of_a_library_is_described_like_ours(capsys):
    configure("json")
    try:
        raise ValueError("canary")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = lines(capsys)
    assert "builtins.ValueError" in line["exception"]
    assert "canary" not in json.dumps(line["exception"]).replace('raise ValueError(\\"canary\\")', "")


@pytest.mark.parametrize(
    ("error", "speaks"),
    [
        (TypeError("no such argument"), True),
        (InvalidRequestError("no such argument"), True),
        (psycopg.OperationalError("no such argument"), True),
        (psycopg.errors.QueryCanceled("no such argument"), False),
        (psycopg.DataError("no such argument"), False),
        (ValueError("no such argument"), False),
        (KeyError("no such argument"), False),
        (UnicodeEncodeError("ascii", "no such argument", 0, 1, ""), False),
        (IntegrityError("no such argument", {}, Exception()), False),
    ],
    ids=repr,
)
def test_messages_are_shown_when_they_speak_of_code_and_not_of_values(error, speaks):
    described = describe(raised(error))
    assert type(error).__name__ in described
    assert ("no such argument" in described) is speaks


def test_causes_come_first():
    described = describe(raised(ValueError(), raised(KeyError())[1]))
    assert described.index("KeyError") < described.index("led to") < described.index("builtins.ValueError")


def test_a_line_outside_of_a_request_needs_no_reference(capsys):
    configure("json")
    structlog.get_logger("larder.test").info("started")
    (line,) = lines(capsys)
    assert line["event"] == "started"
    assert "request" not in line
