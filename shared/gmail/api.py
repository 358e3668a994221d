"""Gmail through the real google-api-python-client, over a transport that repeats nothing unasked.

The client builds addresses and reads answers; it never touches the network itself. Its discovery
document is the one bundled with the library, so nothing is fetched to build it. Importing it takes
160 ms, which a function pays at its first call of Gmail and not when it starts.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from shared.clock import Clock
from shared.gmail.contract import (
    Candidate,
    Down,
    Gone,
    HistoryPage,
    MessagePage,
    Misconfigured,
    Profile,
    RawMessage,
    Refused,
    Watch,
)
from shared.gmail.faults import translate
from shared.gmail.transport import Answer, NoAnswer, Transport

PAGE_SIZE: Final = 500  # the most that history.list and messages.list give
TIMEOUT_SECONDS: Final = 30.0
_HISTORY_ID_DIGITS: Final = 20  # uint64 as text that sorts like the number


class GmailApi:
    """One mailbox's Gmail.

    `access_token(force)` gives a current token; `force` asks for a new one, after Gmail has refused the
    last. `root` is another origin than Google's, for a local Gmail. A call ends after `timeout_seconds`,
    that of a whole message, which may be 67 MB, after twice as many. Thread-safe.
    """

    def __init__(
        self,
        access_token: Callable[[bool], str],
        transport: Transport,
        clock: Clock,
        *,
        root: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._access_token = access_token
        self._transport = transport
        self._clock = clock
        self._root = root
        self._timeout_seconds = timeout_seconds

    def profile(self) -> Profile:
        """users.getProfile."""
        answer = self._call(lambda gmail: gmail.users.getProfile(userId="me"))
        with _understood():
            return Profile(answer["emailAddress"].lower(), _history_id(answer["historyId"]))

    def watch(self, topic: str) -> Watch:
        """users.watch on all labels. Misconfigured("watch_topic") where Gmail cannot publish to `topic`."""
        try:
            answer = self._call(
                lambda gmail: gmail.users.watch(userId="me", body={"topicName": topic})
            )
        except (Gone, Refused):  # a topic of another project, unknown, or without Gmail's grant
            raise Misconfigured("watch_topic") from None
        with _understood():
            return Watch(_history_id(answer["historyId"]), _moment(answer["expiration"]))

    def stop(self) -> None:
        """users.stop."""
        self._call(lambda gmail: gmail.users.stop(userId="me"))

    def history(self, start: str, page: str | None = None) -> HistoryPage:
        """users.history.list."""
        answer = self._call(
            lambda gmail: gmail.history.list(
                userId="me",
                startHistoryId=str(int(start)),
                historyTypes=["messageAdded", "labelAdded"],
                maxResults=PAGE_SIZE,
                pageToken=page,
            )
        )
        with _understood():
            records = answer.get("history", [])  # absent on an empty page, even before another page
            return HistoryPage(
                candidates=_candidates(records),
                last_id=_history_id(records[-1]["id"]) if records else None,
                head=_history_id(answer["historyId"]),
                next_page=answer.get("nextPageToken"),
            )

    def messages(self, query: str, page: str | None = None) -> MessagePage:
        """users.messages.list."""
        answer = self._call(
            lambda gmail: gmail.messages.list(
                userId="me", q=query, maxResults=PAGE_SIZE, pageToken=page
            )
        )
        with _understood():
            found = answer.get("messages", [])
            ids = tuple((message["id"], message["threadId"]) for message in found)
            return MessagePage(ids, answer.get("nextPageToken"))

    def message(self, gmail_id: str) -> RawMessage:
        """users.messages.get, format=raw."""
        answer = self._call(
            lambda gmail: gmail.messages.get(userId="me", id=gmail_id, format="raw"),
            patience=2,
        )
        with _understood():
            return RawMessage(
                gmail_id=answer["id"],
                thread_id=answer["threadId"],
                labels=frozenset(answer.get("labelIds", [])),
                received_at=_moment(answer["internalDate"]),
                history_id=_history_id(answer["historyId"]),
                raw=_from_base64url(answer["raw"]),
            )

    def _call(self, build: Callable[[_Resources], Any], *, patience: int = 1) -> Mapping[str, Any]:
        """Send the request that `build` makes of the client's resources; return its JSON."""
        timeout_seconds = patience * self._timeout_seconds
        request = build(_resources(self._root))
        try:
            answer: Mapping[str, Any] = request.execute(http=_Wire(self._send, timeout_seconds))
        except UnicodeDecodeError:
            raise Down("broken_answer") from None
        return answer  # or a str, where the body is no JSON: see _understood

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: str | None,
        timeout_seconds: float,
    ) -> Answer:
        for force in (False, True):  # a 401 was not accepted, so even a POST may follow it
            token = self._access_token(force)
            try:
                answer = self._transport.request(
                    method,
                    url,
                    headers={**headers, "authorization": f"Bearer {token}"},
                    body=body,
                    timeout_seconds=timeout_seconds,
                )
            except NoAnswer as error:
                raise Down(error.reason) from None
            if answer.status != 401:
                break
        if answer.status >= 300:
            raise translate(answer.status, answer.headers, answer.body, self._clock.now())
        return answer


class _Wire:
    """What the client takes for an `httplib2.Http`."""

    def __init__(self, send: Callable[..., Answer], timeout_seconds: float) -> None:
        self._send = send
        self._timeout_seconds = timeout_seconds

    def request(
        self, uri: str, method: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[Any, bytes]:
        import httplib2  # noqa: PLC0415 - the client has imported it already

        # The client announces a length for GET too, which some servers wait for.
        plain = {name: value for name, value in headers.items() if name != "content-length"}
        answer = self._send(method, uri, plain, body, self._timeout_seconds)
        return httplib2.Response({"status": str(answer.status)}), answer.body


@dataclass(frozen=True, slots=True)
class _Resources:
    """The client's resources, which are costly to make and hold no connection."""

    users: Any
    messages: Any
    history: Any


@functools.cache
def _resources(root: str | None) -> _Resources:
    """Return the client of Gmail at `root`, built once in a process."""
    from googleapiclient.discovery import build_from_document  # noqa: PLC0415 - 160 ms
    from googleapiclient.discovery_cache import get_static_doc  # noqa: PLC0415

    document = json.loads(get_static_doc("gmail", "v1"))
    if root is not None:
        document["rootUrl"] = document["baseUrl"] = root.rstrip("/") + "/"
    document["mtlsRootUrl"] = document["rootUrl"]  # the environment must not choose the host
    client = build_from_document(
        document, http=object(), client_options={"universe_domain": "googleapis.com"}
    )
    users = client.users()
    return _Resources(users, users.messages(), users.history())


@contextmanager
def _understood() -> Iterator[None]:
    """Count an answer that is not what the API describes as none."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise Down("broken_answer") from None


def _candidates(records: Iterable[Mapping[str, Any]]) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    for record in records:
        for item in record.get("messagesAdded", []):
            _note(found, item["message"], "added")
        for item in record.get("labelsAdded", []):
            if "INBOX" in item.get("labelIds", []):
                _note(found, item["message"], "inbox")
    return tuple(found.values())


def _note(
    found: dict[str, Candidate], stub: Mapping[str, Any], change: Literal["added", "inbox"]
) -> None:
    """Keep one candidate a message, with its newest labels; that it was added outweighs a move."""
    known = found.get(stub["id"])
    labels = frozenset(stub["labelIds"]) if "labelIds" in stub else None
    if known is not None:
        labels = known.labels if labels is None else labels
        change = "added" if known.change == "added" else change
    found[stub["id"]] = Candidate(stub["id"], stub.get("threadId", ""), labels, change)


def _history_id(value: str | int) -> str:
    """Return a history id as 20 digits; Gmail writes it as text, or as a number."""
    return f"{int(value):0{_HISTORY_ID_DIGITS}d}"


def _moment(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _from_base64url(text: str) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None
