"""Images that a mail points at, shown by our own addresses after a click, never fetched before it.

Whoever reads never speaks to the sender's servers: an address of ours, signed for this message, this
session and an hour, has the desk fetch the image by `app.web`. What is not signed is not fetched, so this
is no proxy for anything that does not stand in a mail that one may read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from shared.app import App
from shared.errors import Invalid, NotFound
from shared.keys.contract import TOKEN_KEY
from shared.mail.raster import raster_type
from shared.permissions import Actor
from shared.services.reading import reading
from shared.web.contract import MAX_URL

LIFETIME: Final = timedelta(hours=1)
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_IMAGES: Final = 200  # of one message; the rest is left out
TIMEOUT_SECONDS: Final = 15.0
_VERSION: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class ImageLink:
    """What an address of ours says of an image; the signature is over all of it."""

    url: str = ""
    expires: str = ""  # seconds since 1970
    key: str = ""  # the version of the key
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A raster image with its type as its bytes say."""

    data: bytes
    media_type: str


def addresses(app: App, actor: Actor, message_id: str) -> Callable[[str], str | None]:
    """Return what gives our address of an image's, as long as there are not too many in one message."""
    key = app.keys.primary(TOKEN_KEY)
    version = key.id.rpartition("/")[2]
    expires = str(int((app.clock.now() + LIFETIME).timestamp()))
    given: dict[str, str] = {}

    def address(url: str) -> str | None:
        if len(url) > MAX_URL or (url not in given and len(given) == MAX_IMAGES):
            return None
        if url not in given:
            signature = _signature(key.value, actor, message_id, expires, url)
            members = {"url": url, "expires": expires, "key": version, "signature": signature}
            given[url] = f"/api/content/images/{message_id}?{urlencode(members)}"
        return given[url]

    return address


def read(app: App, actor: Actor, message_id: str, link: ImageLink) -> Image:
    """Fetch the image of a signed address.

    Raises as reading the message does; Invalid("image.link_invalid"), Invalid("image.link_expired"),
    NotFound("image.not_found"), Invalid("image.not_raster"), and what `app.web` raises.
    """
    reading.load(app, actor, message_id)
    _require_signed(app, actor, message_id, link)
    found = app.web.get(link.url, max_bytes=MAX_BYTES, timeout_seconds=TIMEOUT_SECONDS)
    if found.status != 200:
        raise NotFound("image.not_found")
    media_type = raster_type(found.body)
    if media_type is None:
        raise Invalid("image.not_raster")
    return Image(found.body, media_type)


def _require_signed(app: App, actor: Actor, message_id: str, link: ImageLink) -> None:
    if _VERSION.fullmatch(link.key) is None:
        raise Invalid("image.link_invalid")
    try:
        key = app.keys.by_id(f"{TOKEN_KEY}/{link.key}").value
    except NotFound:
        raise Invalid("image.link_invalid") from None
    right = _signature(key, actor, message_id, link.expires, link.url)
    if not hmac.compare_digest(right.encode(), link.signature.encode("utf-8", "surrogatepass")):
        raise Invalid("image.link_invalid")
    if int(link.expires) <= app.clock.now().timestamp():
        raise Invalid("image.link_expired")


def _signature(key: bytes, actor: Actor, message_id: str, expires: str, url: str) -> str:
    signed = f"cmo1 image\n{message_id}\n{actor.session_id}\n{expires}\n{url}"
    digest = hmac.digest(key, signed.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
