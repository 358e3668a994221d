"""How the JSON of the Gmail API becomes the contract's values.

What is not as the API describes it raises KeyError, TypeError, ValueError or AttributeError; the caller
counts such an answer as none.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from shared.gmail.contract import Candidate, HistoryPage, RawMessage, SendAs, Sent

_HISTORY_ID_DIGITS: Final = 20  # uint64 as text that sorts like the number
# A native Workspace alias has no status; the API writes an unspecified one like a missing one.
_USABLE_STATUS: Final = frozenset({None, "", "verificationStatusUnspecified", "accepted"})


def history_page(answer: Mapping[str, Any]) -> HistoryPage:
    """Return a page of users.history.list."""
    records = answer.get("history", [])  # absent on an empty page, even before another page
    return HistoryPage(
        candidates=_candidates(records),
        last_id=history_id(records[-1]["id"]) if records else None,
        head=history_id(answer["historyId"]),
        next_page=answer.get("nextPageToken"),
    )


def raw_message(answer: Mapping[str, Any]) -> RawMessage:
    """Return a Message of format=raw."""
    return RawMessage(
        gmail_id=answer["id"],
        thread_id=answer["threadId"],
        labels=frozenset(answer.get("labelIds", [])),
        received_at=moment(answer["internalDate"]),
        history_id=history_id(answer["historyId"]),
        raw=_from_base64url(answer["raw"]),
    )


def headers(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a Message of format=metadata: lower-case names, the first of each."""
    found: dict[str, str] = {}
    for header in answer["payload"].get("headers", []):
        name, value = header["name"].lower(), header["value"]
        if not isinstance(value, str):
            raise TypeError("a header's value is text")
        found.setdefault(name, value)
    return found


def sent(answer: Mapping[str, Any]) -> Sent:
    """Return what users.messages.send answers."""
    gmail_id, thread_id = answer["id"], answer["threadId"]
    if not (isinstance(gmail_id, str) and gmail_id and isinstance(thread_id, str) and thread_id):
        raise ValueError("a sent message has two ids")
    return Sent(gmail_id, thread_id)


def send_as(entry: Mapping[str, Any]) -> SendAs:
    """Return one of users.settings.sendAs.list."""
    primary = entry.get("isPrimary") is True
    return SendAs(
        address=entry["sendAsEmail"].lower(),
        name=entry.get("displayName") or "",
        primary=primary,
        default=entry.get("isDefault") is True,
        usable=primary or entry.get("verificationStatus") in _USABLE_STATUS,
    )


def history_id(value: str | int) -> str:
    """Return a history id as 20 digits; Gmail writes it as text, or as a number."""
    return f"{int(value):0{_HISTORY_ID_DIGITS}d}"


def moment(milliseconds: str | int) -> datetime:
    """Return a time of the API, which counts milliseconds since 1970."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


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


def _from_base64url(text: str) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None
