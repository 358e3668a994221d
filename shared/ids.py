"""Identifiers: a prefix and 26 Crockford base32 characters (128 bits), random or derived.

Derived ids make a second delivery of the same event meet its own work: the same message of the same
mailbox has the same document id for ever. Ticket codes are the short form that people say aloud.

Alphabet and the reading of look-alike characters after Douglas Crockford's Base32; the check
character is his: the number modulo 37.
"""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = _ALPHABET + "*~$=U"
_READ = {c: i for i, c in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}

MAILBOX = "mb"
TICKET = "t"
MESSAGE = "m"
REPLY = "r"
NOTE = "n"
NOTIFICATION = "no"
SAVED_REPLY = "sr"
CUSTOMER = "c"
USER = "u"
EVENT = "e"
FACTOR = "f"
ROLE = "ro"
UPLOAD = "up"
JOB = "j"
VIEW = "v"
TEAM = "tm"
RULE = "ru"
CUSTOM_FIELD = "cf"
PRESENCE = "pr"
WEBHOOK = "wh"
PRIVACY_REQUEST = "dr"
STATEMENT = "st"
LEGAL_HOLD = "lh"
BREAK_GLASS = "bg"

_CODE_LENGTH = 8


def random_id(prefix: str) -> str:
    """Return a new id of 128 random bits, such as ``t_5JZ...``."""
    return f"{prefix}_{_encode(secrets.token_bytes(16))}"


def is_id(prefix: str, text: str) -> bool:
    """Say whether `text` has the form of an id with this prefix, before a store is asked for it."""
    head, _, characters = text.partition("_")
    return head == prefix and len(characters) == 26 and set(characters) <= set(_ALPHABET)


def derived_id(prefix: str, kind: str, *parts: str) -> str:
    """Return the id that these parts always have: the first 128 bits of SHA-256("cmo1|kind|parts")."""
    digest = hashlib.sha256("|".join(("cmo1", kind, *parts)).encode()).digest()
    return f"{prefix}_{_encode(digest[:16])}"


def message_id(mailbox_id: str, gmail_id: str) -> str:
    """Return the id of the one document of this Gmail message in this mailbox."""
    return derived_id(MESSAGE, "message", mailbox_id, gmail_id)


def ticket_id(mailbox_id: str, gmail_thread_id: str, generation: int = 0) -> str:
    """Return the id of the ticket of a Gmail thread; later generations come from splits."""
    return derived_id(TICKET, "ticket", mailbox_id, gmail_thread_id, str(generation))


def ticket_code(ticket: str, attempt: int = 0) -> str:
    """Return the code for a ticket id: 8 characters and a check character, shown XXXX-XXXXX.

    `attempt` gives another code where an earlier one is taken by another ticket. A code whose check
    character is no letter or digit cannot be said aloud, so such numbers are passed over.
    """
    for salt in range(1000):
        digest = hashlib.sha256(f"cmo1|code|{ticket}|{attempt}|{salt}".encode()).digest()
        number = int.from_bytes(digest[:5], "big")
        if number % 37 < len(_ALPHABET):
            text = "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
            return f"{text[:4]}-{text[4:]}{_CHECKS[number % 37]}"
    raise AssertionError("no code in 1,000 digests")  # probability (5/37)^1000


def read_code(text: str) -> str | None:
    """Return the canonical form of a ticket code, or None where it is none.

    Reads any case, O as 0, I and L as 1, hyphens anywhere; a wrong check character is refused, so that
    one mistyped character never names another ticket.
    """
    plain = text.upper().replace("-", "")
    if len(plain) != _CODE_LENGTH + 1:
        return None
    number = 0
    for character in plain[:-1]:
        value = _READ.get(character)
        if value is None:
            return None
        number = number << 5 | value
    check = _ALPHABET[_READ[plain[-1]]] if plain[-1] in _READ else plain[-1]
    if check != _CHECKS[number % 37]:
        return None
    canonical = "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{canonical[:4]}-{canonical[4:]}{check}"


def _encode(sixteen_bytes: bytes) -> str:
    number = int.from_bytes(sixteen_bytes, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
