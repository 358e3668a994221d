"""A message and what is said about it as one multipart/related body (RFC 2387).

Written here because the client library's own writer breaks on 8-bit mail and copies it several times.
https://developers.google.com/workspace/gmail/api/guides/uploads#multipart
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping


def multipart_related(about: Mapping[str, str], raw: bytes) -> tuple[str, bytes]:
    """Return the Content-Type and the body of an upload of `raw`, which stays bit for bit."""
    boundary = secrets.token_hex(24)  # 192 random bits, which no message holds
    head = (
        f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(about)}\r\n"
        f"--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    body = b"".join((head.encode(), raw, f"\r\n--{boundary}--\r\n".encode()))
    return f'multipart/related; boundary="{boundary}"', body
