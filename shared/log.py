"""Structured logs: one JSON object a line on stdout, as Cloud Logging reads them.

What may be logged is ids, counts, codes and durations. No address, subject, body, token or code ever:
values that are not plain identifiers are refused by `event`, so that a careless call fails in a test.
https://cloud.google.com/logging/docs/structured-logging
"""

from __future__ import annotations

import json
import re
import sys
from contextvars import ContextVar
from typing import Literal, TextIO

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

trace: ContextVar[str] = ContextVar("trace", default="")  # of the request that is being served

_PLAIN = re.compile(r"[A-Za-z0-9_.:/()+-]{0,200}", re.ASCII)
_OTHER = re.compile(r"[^A-Za-z0-9_.:/()+-]", re.ASCII)
_stream: TextIO | None = None
_project = "local"


def event(severity: Severity, name: str, **fields: str | float | None) -> None:
    """Write one line. `name` says what happened; `fields` hold ids, codes and numbers.

    Raises ValueError where a text could be anything but an identifier (RFC 5424 calls it PRINTUSASCII
    without spaces; here without @ too, so that no address passes).
    """
    for key, value in fields.items():
        if isinstance(value, str) and not _PLAIN.fullmatch(value):
            raise ValueError(f"the log field {key!r} is not an identifier")
    line: dict[str, object] = {"severity": severity, "message": name, **fields}
    if current := trace.get():
        line["logging.googleapis.com/trace"] = f"projects/{_project}/traces/{current}"
    stream = _stream or sys.stdout
    stream.write(json.dumps(line, separators=(",", ":")) + "\n")
    stream.flush()


def failure(name: str, error: BaseException, **fields: str | float | None) -> None:
    """Write an unforeseen error: its type and where it was raised, never its text.

    An exception's message may quote what it met, so only file, line and function of each frame go out.
    """
    frames: list[str] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno}")
        step = step.tb_next
    event(
        "ERROR",
        name,
        error=_plain(type(error).__name__),
        at=_plain("/".join(frames[-6:])),
        **fields,
    )


def _plain(text: str) -> str:
    """Return a name of code as `event` takes it: generated code is called <string>, or anything at all."""
    return _OTHER.sub("_", text)[:200]


def write_to(stream: TextIO | None) -> None:
    """Send the lines elsewhere; None is stdout. The local desk writes its log beside its state."""
    global _stream  # noqa: PLW0603 - a process has one log
    _stream = stream


def in_project(project: str) -> None:
    """Name the Google Cloud project: its traces are what shows a request's lines together."""
    global _project  # noqa: PLW0603 - as above
    _project = project
