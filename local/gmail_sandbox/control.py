"""The control API at /__ctl: the sandbox's Python methods over HTTP, for its owner only."""

import base64
import binascii
import hmac
import inspect
import json
from collections.abc import Callable
from typing import Any

from .exchange import Request, Response, json_response

PREFIX = "/__ctl/"


class ControlApi:
    """POST /__ctl/<verb> with a JSON object of the verb's arguments; `raw` is base64.

    Answers the verb's result as JSON, bytes in it as base64: 400 for unknown or wrong arguments,
    401 without the control token, 403 for a request from a web page, 404 for an unknown verb or
    message, 504 where settle ran out of time.
    """

    def __init__(
        self, token: str, verbs: dict[str, Callable[..., Any]], health: Callable[[], Any]
    ) -> None:
        self._token = token
        self._health = health
        self._verbs = verbs

    def answer(self, request: Request) -> Response:
        """Return the answer to a request below /__ctl/."""
        if "origin" in request.headers:
            return _refusal(403, "web pages are refused")
        token = request.bearer or ""
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return _refusal(401, "the control token is missing or wrong")
        name = request.path.removeprefix(PREFIX)
        if request.method == "GET" and name == "health":
            return json_response(self._health())
        verb = self._verbs.get(name)
        if verb is None:
            return _refusal(404, "unknown verb")
        if request.method != "POST":
            return _refusal(405, "verbs are posted", Allow="POST")
        try:
            arguments = json.loads(request.body or b"{}")
            if not isinstance(arguments, dict):
                return _refusal(400, "the body is a JSON object of arguments")
            if "raw" in arguments:
                arguments["raw"] = base64.b64decode(arguments["raw"], validate=True)
            inspect.signature(verb).bind(**arguments)
        except (ValueError, TypeError, binascii.Error) as error:
            return _refusal(400, str(error))
        try:
            return json_response(_plain(verb(**arguments)))
        except TimeoutError as error:
            return _refusal(504, str(error))
        except KeyError as error:
            return _refusal(404, str(error.args[0]))
        except (ValueError, TypeError) as error:
            return _refusal(400, str(error))


def _plain(value: Any) -> Any:
    """Return a verb's result with every bytes as base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _refusal(status: int, error: str, **headers: str) -> Response:
    return json_response({"error": error}, status, **headers)
