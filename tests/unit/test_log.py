"""Log lines: identifiers and numbers, and nothing that a mail or a person wrote."""

from __future__ import annotations

import io
import json

import pytest

from shared import log


@pytest.fixture
def lines() -> io.StringIO:
    """Catch the lines."""
    stream = io.StringIO()
    log.write_to(stream)
    return stream


def test_a_line_is_one_json_object(lines: io.StringIO) -> None:
    """Severity and message as Cloud Logging names them, and the fields beside them."""
    log.event("INFO", "request.served", place="tickets:GET:/(ticket_id)", status=200, ms=1.5)

    assert json.loads(lines.getvalue()) == {
        "severity": "INFO",
        "message": "request.served",
        "place": "tickets:GET:/(ticket_id)",
        "status": 200,
        "ms": 1.5,
    }
    assert lines.getvalue().count("\n") == 1


def test_the_trace_of_the_request_is_in_every_line(lines: io.StringIO) -> None:
    """So that Cloud Logging shows a request's lines together."""
    token = log.trace.set("0123456789abcdef0123456789abcdef")
    log.in_project("our-desk")
    try:
        log.event("INFO", "a")
    finally:
        log.trace.reset(token)
        log.in_project("local")
    log.event("INFO", "b")

    first, second = map(json.loads, lines.getvalue().splitlines())
    name = "projects/our-desk/traces/0123456789abcdef0123456789abcdef"
    assert first["logging.googleapis.com/trace"] == name
    assert "logging.googleapis.com/trace" not in second


@pytest.mark.parametrize(
    "text",
    ["nora@customers.example.net", "two words", "a\nb", "مرحبا", "<b>", '"x"', "a" * 201, "x;y", "a=b"],
)  # fmt: skip
def test_what_is_no_identifier_is_refused(lines: io.StringIO, text: str) -> None:
    """An address, a sentence or a line break cannot be logged by a careless call."""
    with pytest.raises(ValueError, match="is not an identifier") as caught:
        log.event("INFO", "a", field=text)

    assert text not in str(caught.value)
    assert lines.getvalue() == ""


def test_a_failure_says_where_and_not_what(lines: io.StringIO) -> None:
    """Type and frames of an exception go out; its text, which may quote a mail, does not."""
    try:
        {}["nora@customers.example.net"]
    except LookupError as error:
        log.failure("event.failed", error, function="create_ticket")

    line = json.loads(lines.getvalue())
    assert (line["severity"], line["error"]) == ("ERROR", "KeyError")
    assert line["at"].startswith("test_log.py:")
    assert "nora" not in lines.getvalue()


@pytest.mark.parametrize(
    "name", ["<frozen importlib._bootstrap>", "<string>", "a b/c d.py", "é.py"]
)
def test_a_failure_anywhere_can_be_logged(lines: io.StringIO, name: str) -> None:
    """Code without a plain file name must not turn a failure into another one."""
    try:
        exec(compile("raise ValueError", name, "exec"))
    except ValueError as error:
        log.failure("event.failed", error)

    assert json.loads(lines.getvalue())["error"] == "ValueError"
