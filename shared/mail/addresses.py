"""Addresses of people, from headers that may be broken or forged.

Two jobs with two standards. What is shown of a list of recipients is read leniently: names in any of
the forms that senders write. What identifies somebody is read strictly: one addr-spec of RFC 5322
section 3.4.1 with an ASCII (or RFC 6531) local part and an IDNA2008 domain, without comments, routes,
folding or encoded words inside (inbound-mail 11.2). What fails the strict reading has address "".
"""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import dataclass

from shared.mail.encoded_words import decode_words
from shared.mail.headers import shown

MAX_ADDRESSES = 1000

_ATEXT = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~.")
_QTEXT = frozenset(chr(n) for n in range(32, 127)) - {'"', "\\"}
_LDH = frozenset(string.ascii_lowercase + string.digits + "-_")
_FOREIGN_DOTS = frozenset("\u3002\uff0e\uff61")  # dots to some readers, letters to others
_SPECIAL = frozenset(',;:<>()"[]')
_SHOWS_ADDRESS = re.compile(r"[^\s@<>\"'(]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Address:
    """A display name fit to be shown, and an address: "" where none could be read strictly."""

    name: str
    address: str

    def believed(self) -> Address:
        """Return the same without a name that shows another address: such a name only deceives."""
        found = _SHOWS_ADDRESS.search(self.name)
        lies = found is not None and found[0].casefold() != self.address.casefold()
        return Address("", self.address) if lies else self


@dataclass(frozen=True, slots=True)
class Reading:
    """An address list as read: its addresses, and whether every sane reader would agree on them."""

    addresses: tuple[Address, ...]
    clear: bool
    capped: bool = False


def strict_address(text: str) -> str:
    """Return `text` as one canonical addr-spec, or "" where it is anything else.

    The domain is lower-case ASCII (IDNA2008 A-labels); the local part is kept as it stands.
    """
    local, at, domain = text.rpartition("@")
    if not at or not local or len(text) > 320 or "=?" in local:
        return ""
    if local[0] == '"':
        if len(local) < 3 or local[-1] != '"' or not _QTEXT.issuperset(local[1:-1]):
            return ""
    elif not _ATEXT.issuperset(local):
        if local.isascii() or not all(c in _ATEXT or (c > "\x7f" and c.isalnum()) for c in local):
            return ""
        local = unicodedata.normalize("NFC", local)
    domain = _domain(domain)
    return f"{local}@{domain}" if domain else ""


def _domain(domain: str) -> str:
    domain = domain.removesuffix(".").lower()
    if not domain.isascii():
        if not _FOREIGN_DOTS.isdisjoint(domain):
            return ""
        import idna  # noqa: PLC0415  # 13 ms; few mails have such a domain

        try:
            domain = idna.encode(domain).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    if domain.startswith("[") and domain.endswith("]"):
        literal = domain[1:-1]
        return domain if literal and set(literal) <= set("0123456789abcdef:.ipv") else ""
    if len(domain) > 253 or not domain:
        return ""
    for label in domain.split("."):
        if not label or len(label) > 63 or not _LDH.issuperset(label):
            return ""
        if label[0] == "-" or label[-1] == "-":
            return ""
    return domain


def read_addresses(value: str, hint: str = "") -> Reading:
    """Return the addresses of one From-, To- or Cc-like field, at most MAX_ADDRESSES."""
    value = value.strip()
    if not value:
        return Reading((), clear=True)
    simple = _simple(value, hint)
    if simple is not None:
        return Reading((simple,), clear=True)
    found: list[Address] = []
    clear = True
    for mailbox in _mailboxes(value):
        if len(found) >= MAX_ADDRESSES:
            return Reading(tuple(found), clear, capped=True)
        address, mailbox_clear = _mailbox(mailbox, hint)
        clear = clear and mailbox_clear
        if address is not None:
            found.append(address)
    return Reading(tuple(found), clear)


def _simple(value: str, hint: str) -> Address | None:
    """Read the two commonest forms, ``a@b`` and ``Name <a@b>``, without the scanner."""
    if value[-1] != ">":
        if "," in value or _SPECIAL.intersection(value) or " " in value:
            return None
        address = strict_address(value)
        return Address("", address) if address else None
    name, _, spec = value[:-1].partition("<")
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
        if '"' in name or "\\" in name:
            return None
    elif _SPECIAL.intersection(name) or "@" in name:
        return None
    address = strict_address(spec.strip())
    return Address(_name(name, hint), address) if address else None


def _mailboxes(value: str) -> list[list[tuple[str, str]]]:
    """Cut a list into mailboxes, each a list of (kind, text) tokens.

    Kinds: "text", "quoted", "comment", "angle". Groups are flattened: their name is dropped.
    """
    mailboxes: list[list[tuple[str, str]]] = []
    tokens: list[tuple[str, str]] = []
    position, end = 0, len(value)
    while position < end and len(mailboxes) <= MAX_ADDRESSES:
        character = value[position]
        if character in ",;":
            mailboxes.append(tokens)
            tokens = []
            position += 1
        elif character == '"':
            text, position = _until_quote(value, position + 1)
            tokens.append(("quoted", text))
        elif character == "(":
            text, position = _until_parenthesis(value, position + 1)
            tokens.append(("comment", text))
        elif character == "<":
            close = value.find(">", position)
            reopened = value.find("<", position + 1, close) if close >= 0 else -1
            if reopened >= 0:
                tokens.append(("text", value[position:reopened]))
                position = reopened
                continue
            stop = close if close >= 0 else end
            tokens.append(("angle", value[position + 1 : stop]))
            position = stop + 1
        elif character == ":" and not any("@" in text for _, text in tokens):
            tokens = []  # the name of a group; it is none of its members
            position += 1
        else:
            start = position
            position += 1
            while position < end and value[position] not in ',;:<("':
                position += 1
            tokens.append(("text", value[start:position]))
    mailboxes.append(tokens)
    return [tokens for tokens in mailboxes if any(text.strip() for _, text in tokens)]


def _until_quote(value: str, position: int) -> tuple[str, int]:
    out: list[str] = []
    while position < len(value):
        character = value[position]
        if character == '"':
            return "".join(out), position + 1
        if character == "\\" and position + 1 < len(value):
            position += 1
            character = value[position]
        out.append(character)
        position += 1
    return "".join(out), position


def _until_parenthesis(value: str, position: int) -> tuple[str, int]:
    """Return a comment's text; nested ones are counted, never recursed into."""
    depth, start = 1, position
    while position < len(value):
        character = value[position]
        if character == "\\":
            position += 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return value[start:position], position + 1
        position += 1
    return value[start:], len(value)


def _mailbox(tokens: list[tuple[str, str]], hint: str) -> tuple[Address | None, bool]:
    """Return the address that the tokens of one mailbox mean, and whether that is beyond doubt."""
    angles = [text for kind, text in tokens if kind == "angle"]
    comment = " ".join(text for kind, text in tokens if kind == "comment").strip()
    words = " ".join(text.strip() for kind, text in tokens if kind in ("text", "quoted")).strip()
    if angles:
        spec = angles[-1].strip()
        address = strict_address(spec)
        clear = bool(address) and len(angles) == 1 and tokens[-1][0] in ("angle", "comment")
        bare = "".join(text for kind, text in tokens if kind == "text")
        if "@" in bare and strict_address(bare.strip()) != address:
            clear = False
        if not address and "@" in words and not spec:
            address = strict_address(words.strip("'\" "))
        return Address(_name(words or comment, hint), address), clear
    plain = "".join(text for kind, text in tokens if kind in ("text", "quoted")).strip()
    if any(kind == "quoted" for kind, _ in tokens):
        plain_local = "".join(f'"{t}"' if k == "quoted" else t for k, t in tokens if k != "comment")
        address = strict_address(plain_local.strip())
        if address:
            return Address(_name(comment, hint), address), False
    address = strict_address(plain.strip("'\"<> "))
    if address:
        return Address(_name(comment, hint), address), plain == plain.strip("'\"<>")
    last = plain.rsplit(None, 1)
    if len(last) == 2 and strict_address(last[1]):
        return Address(_name(last[0], hint), strict_address(last[1])), False
    return (Address(_name(words or comment, hint), ""), False) if words or comment else (None, True)


def _name(text: str, hint: str) -> str:
    name = shown(decode_words(text, hint), 300).strip("<> ")
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name
