"""Partial responses: the `fields` parameter of Google's APIs.

Rule: developers.google.com/workspace/gmail/api/guides/performance#partial.
"""

import re
from typing import Any

from .errors import invalid_argument

TOKEN = re.compile(r"[A-Za-z0-9_*]+|[(),/]")
Selection = dict[str, Any]


def select(body: dict[str, Any], fields: str) -> dict[str, Any]:
    """Return what `a,b(c,d),e/f` names of a JSON object; 400 for a malformed selection."""
    tokens = TOKEN.findall(fields)
    if "".join(tokens) != fields.replace(" ", ""):
        raise invalid_argument("Invalid field selection")
    selection = _parse(tokens)
    if tokens:
        raise invalid_argument("Invalid field selection")
    kept: dict[str, Any] = _keep(body, selection)
    return kept


def _parse(tokens: list[str]) -> Selection:
    selection: Selection = {}
    while tokens and tokens[0] != ")":
        name = tokens.pop(0)
        if name in "(,/":
            raise invalid_argument("Invalid field selection")
        selection[name] = _below(tokens)
        if tokens and tokens[0] == ",":
            tokens.pop(0)
    return selection


def _below(tokens: list[str]) -> Selection:
    if tokens and tokens[0] == "/":
        tokens.pop(0)
        if not tokens or tokens[0] in "(),/":
            raise invalid_argument("Invalid field selection")
        return {tokens.pop(0): _below(tokens)}
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        selection = _parse(tokens)
        if not tokens:
            raise invalid_argument("Invalid field selection")
        tokens.pop(0)
        return selection
    return {}


def _keep(value: Any, selection: Selection) -> Any:
    if not selection:
        return value
    if isinstance(value, list):
        return [_keep(item, selection) for item in value]
    if not isinstance(value, dict):
        return value
    if "*" in selection:
        return {name: _keep(item, selection["*"]) for name, item in value.items()}
    return {name: _keep(item, selection[name]) for name, item in value.items() if name in selection}
