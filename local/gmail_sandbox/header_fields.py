"""The header of a message as bytes, field by field, so that the rest stays as it was sent."""

import email.utils
import re
from collections.abc import Iterable

from .summary import decoded


class HeaderFields:
    """The fields of a message's header in their order; the body is not looked at."""

    def __init__(self, raw: bytes) -> None:
        """Take a message apart; line ends become CRLF."""
        normal = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        head, _, self._body = normal.partition(b"\r\n\r\n")
        if normal.startswith(b"\r\n"):  # no header at all
            head, self._body = b"", normal[2:]
        self._fields = [field for field in re.split(rb"\r\n(?![ \t])", head) if field]

    def values(self, name: str) -> list[str]:
        """Return every value of a name, unfolded, encoded words read."""
        return [decoded(text).strip() for text in self._texts(name)]

    def addresses(self, name: str) -> list[str]:
        """Return the addresses of every field of a name, in lower case, "" for one that is none."""
        # Encoded words stay encoded: what they hold is no part of an address (RFC 2047 §5).
        texts = [text.replace("\r\n", "") for text in self._texts(name) if text.strip()]
        return [address.lower() for _, address in email.utils.getaddresses(texts)]

    def remove(self, *names: str, prefix: str | None = None) -> None:
        """Remove every field of these names, or whose name begins with `prefix`."""
        unwanted = {name.lower() for name in names}

        def stays(field: bytes) -> bool:
            name = field.partition(b":")[0].decode("latin-1").strip().lower()
            return name not in unwanted and not (prefix and name.startswith(prefix.lower()))

        self._fields = [field for field in self._fields if stays(field)]

    def replace(self, name: str, value: str) -> None:
        """Put one field in the place of all of a name, at the end where there was none."""
        key = name.lower().encode()
        names = [field.partition(b":")[0].strip().lower() for field in self._fields]
        place = names.index(key) if key in names else len(names)
        before = [f for f, n in zip(self._fields[:place], names[:place], strict=True) if n != key]
        after = [f for f, n in zip(self._fields[place:], names[place:], strict=True) if n != key]
        self._fields = [*before, f"{name}: {value}".encode(), *after]

    def put_first(self, lines: Iterable[str]) -> None:
        """Put trace fields above all others."""
        self._fields[:0] = [line.encode("utf-8", "surrogateescape") for line in lines]

    def as_bytes(self) -> bytes:
        """Return the whole message."""
        head = b"".join(field + b"\r\n" for field in self._fields)
        return head + b"\r\n" + self._body

    def _texts(self, name: str) -> list[str]:
        wanted = name.lower().encode()
        return [
            value.decode("utf-8", "surrogateescape")
            for key, _, value in (field.partition(b":") for field in self._fields)
            if key.strip().lower() == wanted
        ]
