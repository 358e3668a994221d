"""Gmail through the real google-api-python-client, over a transport that repeats nothing unasked.

The client builds addresses and reads answers; it never touches the network itself. Its discovery
document is the one bundled with the library, so nothing is fetched to build it. Importing it takes
160 ms, which a function pays at its first call of Gmail and not when it starts.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from shared.clock import Clock
from shared.gmail import decoding
from shared.gmail.contract import (
    MAX_SEND_BYTES,
    Down,
    Gone,
    HistoryPage,
    MessagePage,
    Misconfigured,
    NotSent,
    Profile,
    RawMessage,
    Refused,
    SendAs,
    Sent,
    Watch,
)
from shared.gmail.faults import translate
from shared.gmail.transport import Answer, NoAnswer, NoConnection, Transport
from shared.gmail.upload import multipart_related

PAGE_SIZE: Final = 500  # the most that history.list and messages.list give
TIMEOUT_SECONDS: Final = 30.0
# As base64 4 MiB: Gmail refuses JSON of somewhere between 5 and 6.5 MiB (google-api-go-client#374).
JSON_BYTES: Final = 3 * 1024 * 1024
SEND_PATIENCE: Final = 2


class GmailApi:
    """One mailbox's Gmail.

    `access_token(force)` gives a current token; `force` asks for a new one, after Gmail has refused the
    last. `root` is another origin than Google's, for a local Gmail. A call ends after `timeout_seconds`,
    one that reads or sends a whole message, which may be 67 MB, after twice as many. Thread-safe.
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
            return Profile(answer["emailAddress"].lower(), decoding.history_id(answer["historyId"]))

    def watch(self, topic: str) -> Watch:
        """users.watch on all labels. Misconfigured("watch_topic") where Gmail cannot publish to `topic`."""
        try:
            answer = self._call(
                lambda gmail: gmail.users.watch(userId="me", body={"topicName": topic})
            )
        except (Gone, Refused):  # a topic of another project, unknown, or without Gmail's grant
            raise Misconfigured("watch_topic") from None
        with _understood():
            return Watch(
                decoding.history_id(answer["historyId"]), decoding.moment(answer["expiration"])
            )

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
            return decoding.history_page(answer)

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
            return decoding.raw_message(answer)

    def send(self, raw: bytes, thread_id: str | None) -> Sent:
        """users.messages.send, in one POST and never another."""
        if len(raw) > MAX_SEND_BYTES:
            raise Refused("too_large")
        try:
            answer = (
                self._send_json(raw, thread_id)
                if len(raw) <= JSON_BYTES
                else self._send_upload(raw, thread_id)
            )
        except Down as error:
            if error.reason == "failed_precondition":  # a 400, whose cause may pass: but not sent
                raise Refused(error.reason) from None
            raise
        with _understood():
            return decoding.sent(answer)

    def headers(self, gmail_id: str, names: Collection[str]) -> Mapping[str, str]:
        """users.messages.get, format=metadata."""
        answer = self._call(
            lambda gmail: gmail.messages.get(
                userId="me", id=gmail_id, format="metadata", metadataHeaders=_named(names)
            )
        )
        with _understood():
            return decoding.headers(answer)

    def thread_headers(
        self, thread_id: str, names: Collection[str]
    ) -> Mapping[str, Mapping[str, str]]:
        """users.threads.get, format=metadata."""
        answer = self._call(
            lambda gmail: gmail.threads.get(
                userId="me", id=thread_id, format="metadata", metadataHeaders=_named(names)
            )
        )
        with _understood():
            messages = answer["messages"]
            return {message["id"]: decoding.headers(message) for message in messages}

    def send_as(self) -> tuple[SendAs, ...]:
        """users.settings.sendAs.list."""
        answer = self._call(lambda gmail: gmail.send_as.list(userId="me"))
        with _understood():
            entries = [decoding.send_as(entry) for entry in answer["sendAs"]]
            return tuple(sorted(entries, key=lambda entry: not entry.primary))

    def _send_json(self, raw: bytes, thread_id: str | None) -> Mapping[str, Any]:
        body = {"raw": base64.urlsafe_b64encode(raw).decode(), **_thread(thread_id)}
        return self._call(
            lambda gmail: gmail.messages.send(userId="me", body=body), patience=SEND_PATIENCE
        )

    def _send_upload(self, raw: bytes, thread_id: str | None) -> Mapping[str, Any]:
        kind, body = multipart_related(_thread(thread_id), raw)
        answer = self._send(
            "POST",
            _resources(self._root).upload_url,
            {"accept": "application/json", "content-type": kind},
            body,
            SEND_PATIENCE * self._timeout_seconds,
        )
        with _understood():
            content: Mapping[str, Any] = json.loads(answer.body)
        return content

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
        body: bytes | str | None,
        timeout_seconds: float,
    ) -> Answer:
        for force in (False, True):  # a 401 was not accepted, so even a POST may follow it
            try:
                token = self._access_token(force)
            except Down as error:
                raise NotSent(error.reason) from None
            try:
                answer = self._transport.request(
                    method,
                    url,
                    headers={**headers, "authorization": f"Bearer {token}"},
                    body=body,
                    timeout_seconds=timeout_seconds,
                )
            except NoConnection as error:
                raise NotSent(error.reason) from None
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
    threads: Any
    send_as: Any
    upload_url: str  # where messages.send takes a multipart upload


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
    send = document["resources"]["users"]["resources"]["messages"]["methods"]["send"]
    path = send["mediaUpload"]["protocols"]["simple"]["path"].format(userId="me")
    return _Resources(
        users=users,
        messages=users.messages(),
        history=users.history(),
        threads=users.threads(),
        send_as=users.settings().sendAs(),
        upload_url=f"{document['rootUrl'].rstrip('/')}{path}?uploadType=multipart&alt=json",
    )


@contextmanager
def _understood() -> Iterator[None]:
    """Count an answer that is not what the API describes as none."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise Down("broken_answer") from None


def _named(names: Collection[str]) -> list[str]:
    if not names:  # Gmail would give them all
        raise ValueError("name the headers to be read")
    return sorted(names)


def _thread(thread_id: str | None) -> dict[str, str]:
    return {} if thread_id is None else {"threadId": thread_id}
