"""Gmail's REST API: who asks, whether the grant and the quota allow it, and which method answers.

Reference: developers.google.com/workspace/gmail/api/reference/rest.
"""

import json
from collections.abc import Callable
from typing import Any

from .accounts import Accounts, Token
from .errors import (
    ApiError,
    delegation_denied,
    insufficient_scopes,
    invalid_argument,
    not_implemented,
    unauthenticated,
)
from .exchange import Operation, Request, Response, json_response
from .methods import STANDARD_PARAMETERS, Method, find_method
from .partial import select
from .quota import Quota


class Call:
    """One authorised call: whose mailbox, which ids, and its parameters checked on reading."""

    def __init__(self, mailbox: str, ids: dict[str, str], request: Request) -> None:
        self.mailbox = mailbox
        self.ids = ids
        self.request = request

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter's last value."""
        return self.request.query.get(name, [default])[-1]

    def texts(self, name: str) -> list[str]:
        """Return every value of a repeated parameter."""
        return self.request.query.get(name, [])

    def number(self, name: str, default: int, most: int) -> int:
        """Return an unsigned parameter, at most `most`; 400 for anything else."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit()) or int(value) >= 2**64:
            raise invalid_argument(f"Invalid value at '{name}' (TYPE_UINT64), \"{value[:40]}\"")
        return min(int(value), most)

    def flag(self, name: str) -> bool:
        """Return a boolean parameter; 400 for anything but true and false."""
        value = self.text(name, "false").lower()
        if value not in ("true", "false"):
            raise invalid_argument(f"Invalid value at '{name}' (TYPE_BOOL)")
        return value == "true"

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Return an enumerated parameter, in any case; 400 for an unknown value."""
        value = self.text(name, default).lower()
        if value not in choices:
            raise invalid_argument(f"Invalid value at '{name}' (TYPE_ENUM)")
        return value

    def body(self) -> dict[str, Any]:
        """Return the JSON object of the body, {} for none; 400 for anything else."""
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise invalid_argument("Invalid JSON payload received.")
        return body


Handler = Callable[[Call], dict[str, Any] | Response | None]


class GmailApi:
    """Routes calls to handlers by method name, such as `messages.get`."""

    def __init__(self, accounts: Accounts, quota: Quota) -> None:
        self._accounts = accounts
        self._quota = quota
        self._handlers: dict[str, Handler] = {}
        self._same_page: dict[str, Callable[[Call], str]] = {}

    def add(self, name: str, handler: Handler) -> None:
        """Let a handler answer a method: a JSON object, None for 204, or a whole answer."""
        self._handlers[name] = handler

    def add_same_page(self, name: str, token: Callable[[Call], str]) -> None:
        """Name what makes the page token of a listing's present page."""
        self._same_page[name] = token

    def operation(self, request: Request) -> Operation | None:
        """Return what a request asks for, None where Gmail has no such method."""
        found = find_method(request.method, request.path)
        if found is None:
            return None
        method, user, ids = found
        token = self._accounts.token("access", request.bearer)
        mailbox = token.mailbox if token else None
        call = Call(mailbox or "", ids, request)

        def run() -> Response:
            try:
                return self._answer(method, token, user, call, request)
            except ApiError as error:
                return error.response()

        same_page = self._same_page.get(method.name)
        again = None if same_page is None else lambda: same_page(call)
        return Operation(method.name, mailbox, run, again)

    def _answer(
        self, method: Method, token: Token | None, user: str, call: Call, request: Request
    ) -> Response:
        if token is None:
            raise unauthenticated()
        if not set(method.scopes) & set(token.scopes):
            raise insufficient_scopes(f"gmail.users.{method.name}", method.scopes)
        if user.lower() not in ("me", token.mailbox):
            raise delegation_denied(token.mailbox)
        account = self._accounts.get(token.mailbox)
        if account is None or not account.gmail:
            raise ApiError(
                400,
                "Mail service not enabled",
                "failedPrecondition",
                status_name="FAILED_PRECONDITION",
            )
        self._quota.enter(token.mailbox, method)
        try:
            for name in request.query:
                if name not in STANDARD_PARAMETERS and name not in method.parameters:
                    raise invalid_argument(
                        f'Invalid JSON payload received. Unknown name "{name[:40]}": Cannot bind'
                        " query parameter."
                    )
            handler = self._handlers.get(method.name)
            if handler is None:
                raise not_implemented(method.name)
            body = handler(call)
        finally:
            self._quota.leave(token.mailbox, method)
        if body is None:
            return Response(204)
        if isinstance(body, Response):
            return body
        if fields := call.text("fields"):
            body = select(body, fields)
        return json_response(body, Cache_Control="private", Vary="Origin, X-Origin, Referer")
