"""What our own receiver found out about the sender (RFC 8601), and mailing lists that rewrite From.

Only the topmost Authentication-Results field of mx.google.com counts: a receiver writes above what it
received, so anything below may come from the sender.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.mail.addresses import Address, read_addresses
from shared.mail.headers import Headers

RECEIVER = "mx.google.com"

_RESULTS = frozenset(
    (
        "pass",
        "fail",
        "softfail",
        "neutral",
        "none",
        "temperror",
        "permerror",
        "policy",
        "bestguesspass",
    ),
)
# Fields that the receiver itself writes above its Authentication-Results. Anything else up there was
# not written by it, and then neither was what follows.
_RECEIVER_FIELDS = ("delivered-to", "received", "x-received", "x-google-", "x-gm-", "return-path",
                    "received-spf", "arc-", "x-forwarded-", "authentication-results")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results of our receiver: "pass", "fail" and the other words of RFC 8601; "" where it said none."""

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    arc: str = ""

    @property
    def forged(self) -> bool:
        """Whether From is contradicted: DMARC failed and no sealed chain of forwarders explains it.

        For warnings only. A chain (ARC, RFC 8617) can be sealed by anybody, so whoever decides by
        identity asks for ``dmarc == "pass"`` instead.
        """
        return self.dmarc == "fail" and self.arc != "pass"


def read_authentication(headers: Headers, receiver: str = RECEIVER) -> Authentication:
    """Return what `receiver` wrote about this message, empty where it wrote nothing."""
    for name, value in headers.fields:
        if name == "authentication-results":
            server, _, results = value.partition(";")
            words = server.split()
            if words and words[0].lower() == receiver:
                return _results(results)
            return Authentication()
        if not name.startswith(_RECEIVER_FIELDS):
            return Authentication()
    return Authentication()


def _results(text: str) -> Authentication:
    found: dict[str, str] = {}
    for clause in _without_comments(text[:16_384]).split(";"):
        method, equals, rest = clause.strip().partition("=")
        words = rest.split(None, 1)
        if not equals or not words:
            continue
        method, result = method.strip().lower().partition("/")[0], words[0].lower()
        if result not in _RESULTS:
            continue
        if method in ("spf", "dkim", "dmarc", "arc") and found.get(method) != "pass":
            found[method] = result  # of several DKIM signatures one that passes is enough
    return Authentication(
        found.get("spf", ""), found.get("dkim", ""), found.get("dmarc", ""), found.get("arc", "")
    )


def _without_comments(text: str) -> str:
    out, depth = [], 0
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= depth > 0
        elif not depth:
            out.append(character)
    return "".join(out)


def original_sender(headers: Headers, sender: Address) -> Address | None:
    """Return who wrote a message whose From a Google group replaced ("Jane via Support"), or None.

    Anybody can write these fields: whoever uses the answer checks that `sender` is a group of ours and
    that the message passed DMARC as coming from it.
    """
    stated = headers.get("x-original-sender") or headers.get("x-original-from")
    if not stated or "x-google-group-id" not in headers:
        return None
    by_address = read_addresses(headers.get("x-original-sender")).addresses
    by_from = read_addresses(headers.get("x-original-from")).addresses
    candidates = [found for found in (*by_from, *by_address) if found.address]
    if not candidates or candidates[0].address.lower() == sender.address.lower():
        return None
    if by_from and by_address and by_from[0].address.lower() != by_address[0].address.lower():
        return by_address[0] if by_address[0].address else None
    name = candidates[0].name or sender.name.rpartition(" via ")[0].strip("'\" ")
    return Address(name, candidates[0].address)
