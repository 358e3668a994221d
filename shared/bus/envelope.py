"""The envelope of a Pub/Sub push: a JSON object of `message`, `subscription` and `deliveryAttempt`.

Google sends the message's id and time in both spellings, and this writes both and reads either
(https://cloud.google.com/pubsub/docs/push#receive_push). What an event may be is said by the contract.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn

from shared.bus.contract import MAX_DELAY, MAX_EVENT_BYTES, MAX_LATER_EVENT_BYTES, Event
from shared.clock import to_text
from shared.errors import Invalid

# Base64 takes 4 bytes for 3; what stands around the data is far under 64 KiB.
MAX_BODY_BYTES: Final = MAX_EVENT_BYTES * 4 // 3 + 65_536
_MAX_NAME_LENGTH: Final = 512
_STANDARD_ALPHABET: Final = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery, as the function that receives it sees it.

    `attempt` is 1 for the first delivery, and where the sender does not count. `subscription` is its
    short name, or "" where the sender names none.
    """

    event: Event
    message_id: str
    attempt: int
    subscription: str


def encode(event: Event, *, delay: timedelta = timedelta()) -> bytes:
    """Return the event as JSON in UTF-8.

    Raises ValueError where it is no JSON object, or is beyond the contract's limits for a delivery at
    once or after `delay`.
    """
    if delay > MAX_DELAY:
        raise ValueError(f"an event can wait for at most {MAX_DELAY.days} days")
    if not isinstance(event, Mapping):
        raise ValueError("an event is a JSON object")  # noqa: TRY004  the contract says ValueError
    try:
        data = json.dumps(dict(event), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        encoded = data.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("an event holds JSON values only") from error
    limit = MAX_LATER_EVENT_BYTES if delay > timedelta() else MAX_EVENT_BYTES
    if len(encoded) > limit:
        raise ValueError(f"this event may have at most {limit} bytes")
    return encoded


def decode(data: bytes) -> dict[str, object]:
    """Return the event that `encode` wrote. Raises Invalid("push.malformed") where this is no JSON object."""
    try:
        value = json.loads(data.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _malformed() from error
    if not isinstance(value, dict):
        raise _malformed()
    return value


def write(
    data: bytes, message_id: str, published_at: datetime, subscription: str, attempt: int
) -> bytes:
    """Return the body of a push; `data` is an encoded event, `subscription` the full or short name."""
    time = to_text(published_at)
    message = {
        "data": base64.b64encode(data).decode(),
        "messageId": message_id,
        "message_id": message_id,
        "publishTime": time,
        "publish_time": time,
        "attributes": {},
    }
    envelope = {"message": message, "subscription": subscription, "deliveryAttempt": attempt}
    return json.dumps(envelope).encode()


def read(body: bytes) -> Received:
    """Return what a push carries.

    Takes standard and url-safe base64, padded or not. Members that are not known are passed over, since
    Google may add some. Raises Invalid("push.malformed") for anything else than a well-formed push of a
    JSON object.
    """
    if len(body) > MAX_BODY_BYTES:
        raise _malformed()
    envelope = decode(body)
    message = envelope.get("message")
    if not isinstance(message, dict):
        raise _malformed()
    return Received(
        event=decode(_bytes(message.get("data"))),
        message_id=_message_id(message),
        attempt=_attempt(envelope),
        subscription=_subscription(envelope),
    )


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON (RFC 8259 §6)")


def _bytes(data: object) -> bytes:
    if not isinstance(data, str):
        raise _malformed()
    digits = data.translate(_STANDARD_ALPHABET).rstrip("=")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error


def _message_id(message: Mapping[str, object]) -> str:
    spellings = [message[name] for name in ("messageId", "message_id") if name in message]
    if not spellings or spellings[0] != spellings[-1]:
        raise _malformed()
    return _name(spellings[0])


def _attempt(envelope: Mapping[str, object]) -> int:
    attempt = envelope.get("deliveryAttempt", 1)
    if not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 1:
        raise _malformed()
    return attempt


def _subscription(envelope: Mapping[str, object]) -> str:
    if "subscription" not in envelope:
        return ""
    return _name(envelope["subscription"]).rpartition("/")[2]


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME_LENGTH:
        raise _malformed()
    if not (value.isascii() and value.isprintable()):  # names go to the log
        raise _malformed()
    return value


def _malformed() -> Invalid:
    return Invalid("push.malformed")
