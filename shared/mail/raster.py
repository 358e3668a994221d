"""Images that a browser may show, told by the bytes that they begin with, whatever they are said to be.

No SVG: it can run. Sources: PNG (RFC 2083 §3.1), JPEG (ISO 10918-1), GIF89a, WebP container (RFC 9649).
"""

from __future__ import annotations

import re
from typing import Final

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
# Linear on any input: what follows a tag's name is read up to the next angle bracket only.
_REMOTE: Final = re.compile(r"<img\b[^<>]*\bsrc\s*=\s*(?:[\"']\s*)?https?:", re.IGNORECASE)


def raster_type(data: bytes) -> str | None:
    """Return the media type of a raster image, None for everything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _BEGINNINGS if data.startswith(magic)), None)


def asks_for_remote_images(html: str) -> bool:
    """Say whether a mail's HTML seems to point at images elsewhere; a hint, no judgement of safety."""
    return _REMOTE.search(html) is not None
