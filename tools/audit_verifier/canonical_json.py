"""Canonical JSON, as RFC 8785 defines it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tools.audit_verifier.report import Malformed


def read_canonical(text: bytes) -> Any:
    """Return what a canonical JSON text holds; Malformed says what is not canonical."""
    try:
        value = json.loads(
            text.decode(), object_pairs_hook=_members, parse_constant=_no_constant, parse_int=_whole
        )
        if canonical(value) != text:
            raise Malformed("it is JSON, but not in canonical form")
    except UnicodeError:
        raise Malformed("it is not UTF-8") from None
    except json.JSONDecodeError:
        raise Malformed("it is not JSON") from None
    except RecursionError:
        raise Malformed("it is nested too deeply") from None
    return value


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 text of a value."""
    return "".join(_write(value)).encode()


def _write(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for place, key in enumerate(sorted(value, key=lambda k: k.encode("utf-16-be"))):
            yield f"{',' if place else ''}{json.dumps(key, ensure_ascii=False)}:"
            yield from _write(value[key])
        yield "}"
    elif isinstance(value, list):
        yield "["
        for place, item in enumerate(value):
            yield "," if place else ""
            yield from _write(item)
        yield "]"
    elif isinstance(value, float):
        yield _number(value)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Write a number as ECMAScript does (RFC 8785 §3.2.2.3): Python has the same digits in other places."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, _, power = f"{abs(value)!r}".partition("e")
    whole, _, part = digits.partition(".")
    part = "" if part == "0" else part
    point = len(whole) + int(power or 0)
    figures = (whole + part).lstrip("0")
    point -= len(whole + part) - len(figures)
    figures = figures.rstrip("0")
    count = len(figures)
    if count <= point <= 21:  # ECMA-262, Number::toString
        return sign + figures + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{figures[:point]}.{figures[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{figures}"
    mantissa = figures if count == 1 else f"{figures[0]}.{figures[1:]}"
    return f"{sign}{mantissa}e{point - 1:+d}"


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("it has a member twice")
    return members


def _no_constant(name: str) -> Any:
    raise Malformed(f"it has the number {name}")


def _whole(digits: str) -> int | float:
    """Read a number without a point: to JSON it is a double, which is exact up to 2^53."""
    exact = len(digits) < 17 and abs(int(digits)) < 2**53
    return int(digits) if exact else float(digits)
