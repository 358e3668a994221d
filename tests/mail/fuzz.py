"""Break mail on purpose and read it: `python -m tests.mail.fuzz SECONDS [SEED]` (`make fuzz`).

Every message of the fixtures is cut, joined, repeated and sprinkled with the bytes that parsers trip
over. Whatever comes of it, reading must keep the promises of `check`; the first broken one ends the run
with status 1 and the seed that repeats it.
"""

import hashlib
import json
import random
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

from shared.mail.classify import classify
from shared.mail.compose import direction
from shared.mail.parse import content, parse
from shared.mail.sanitize import sanitize
from shared.mail.thread import base_subject, known_ids
from shared.mail.visible import visible
from tools.inspect_mail import inspect

HERE = Path(__file__).parent
KINDS = {"bounce", "out_of_office", "automatic", "list", "report", "human"}
CONTROLS = {chr(code) for code in (*range(32), 127, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_TAGS = (
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q "
    "s samp small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul "
    "var wbr"
)
SAFE_TAGS = frozenset(_TAGS.split())
# What parsers trip over: delimiters, half escapes, lies, controls, marks that turn text around.
SPRINKLES = (
    *(
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"\0",
        b"\x1b$B",
        b"=?",
        b"?=",
        b"=?utf-8?b?",
        b"=?x?q?=",
        b"\xff\xfe",
    ),
    *(
        b"--",
        b"--b1",
        b"--b1--",
        b"boundary=b1",
        b";",
        b'"',
        b"\\",
        b"(",
        b")",
        b"<",
        b">",
        b",",
        b":",
    ),
    *(
        b"charset=utf-16",
        b"charset=hz",
        b"charset=zip",
        b"name*0*=",
        b"''",
        b"%",
        b"=\n",
        b"=3D",
        b"@",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b1\n\n--b1\n", b"Content-Type: message/rfc822\n\n"),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"begin 644 a\n",
    ),
    *(
        b"<div class=gmail_quote>",
        b"<blockquote>",
        b"<!--",
        b"<script>",
        b"<svg><style>",
        b"&#x",
        b"</",
    ),
    *(
        b"> ",
        b"-- \n",
        b"On 1 May 2024 10:00 a@example.com wrote:\n",
        b"From: ",
        b"\xe2\x80\xae",
        b"\xd8\xb1",
    ),
)


class _Markup(HTMLParser):
    """Collects what no sanitised body may hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forbidden elements, handlers and addresses."""
        if tag not in SAFE_TAGS:
            self.bad.append(tag)
        for name, value in attrs:
            text = (value or "").lower()
            if name.startswith("on") or name in ("id", "name", "srcset", "background", "action"):
                self.bad.append(name)
            if name == "href" and not text.startswith(("http://", "https://", "mailto:")):
                self.bad.append(text)
            if name == "src" and not text.startswith(("/inline/", "data:image/")):
                self.bad.append(text)
            if name == "style" and ("url" in text or "expression" in text or "\\" in text):
                self.bad.append(text)

    handle_startendtag = handle_starttag


def forbidden(html: str) -> list[str]:
    """Return what a sanitised body holds that it must not."""
    markup = _Markup()
    markup.feed(html)
    markup.close()
    return markup.bad


def words(text: str) -> set[str]:
    """Return the words of a text without the quote marks before them."""
    return {word.lstrip(">") for word in text.split()} - {""}


def check(raw: bytes) -> None:
    """Read `raw` as the product does and assert what must hold for any bytes."""
    mail = parse(raw)
    assert "could_not_parse" not in mail.problems
    assert not CONTROLS & set(mail.subject + mail.sender.name)
    assert len(mail.sender.address.split()) <= 1
    for attachment in mail.attachments:
        found = content(raw, attachment.part)
        assert found is not None
        assert attachment.size == len(found)
        assert attachment.md5 == hashlib.md5(found, usedforsecurity=False).hexdigest()
        assert attachment.name
        assert not set("/\\\0\n") & set(attachment.name)
    found_kind = classify(mail, ["support@example.com"])
    assert found_kind.kind in KINDS
    assert found_kind.reasons
    assert not found_kind.may_acknowledge or found_kind.kind == "human"
    shown = visible(mail)
    if mail.text.strip():
        kept = words(f"{shown.text}\n{shown.quoted}\n{shown.signature}")
        assert mail.html or not words(mail.text) - kept
        assert shown.text.strip()
    clean = sanitize(mail.html, cid_url=lambda _: "/inline/1")
    assert not forbidden(clean.html)
    assert len(known_ids(mail)) <= 30
    assert len(base_subject(mail.subject)) <= len(mail.subject)
    assert direction(mail.text) in ("ltr", "rtl")
    json.dumps(inspect(raw), ensure_ascii=False).encode()


def mutate(raw: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Return `raw` damaged in one to eight places."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        upto = min(len(data), at + chance.randint(0, 60))
        kind = chance.randrange(7)
        if kind == 0:
            data[at:upto] = b""
        elif kind == 1:
            data[at:at] = chance.choice(SPRINKLES) * chance.choice((1, 1, 2, 50))
        elif kind == 2:
            data[at:upto] = chance.randbytes(upto - at)
        elif kind == 3:
            data[at:at] = data[at:upto] * chance.choice((1, 20))
        elif kind == 4:
            other = chance.choice(others)
            cut = chance.randrange(len(other) + 1)
            data[at:] = other[cut:]
        elif kind == 5 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        else:
            data = data.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\n ")), 3)
    return bytes(data[:100_000])


def messages() -> list[bytes]:
    """Return the fixtures, and the kit's messages where it stands beside the project."""
    kit = HERE.parents[2] / "shared" / "mail" / "raw"
    paths = [*HERE.glob("tuned/*.eml"), *HERE.glob("untuned/*.eml"), *kit.glob("*/*.eml")]
    return [path.read_bytes() for path in sorted(paths)]


def main(arguments: list[str]) -> int:
    """Fuzz for the seconds given; print how many messages were read, or the seed of a failure."""
    seconds = float(arguments[0]) if arguments else 60.0
    seed = int(arguments[1]) if len(arguments) > 1 else time.time_ns()
    originals = messages()
    until = time.monotonic() + seconds
    count, slowest = 0, 0.0
    while time.monotonic() < until:
        chance = random.Random(seed + count)  # repeatable, not secret
        raw = mutate(chance.choice(originals), originals, chance)
        begun = time.perf_counter()
        try:
            check(raw)
        except Exception as error:  # noqa: BLE001  # whatever it is ends the run
            print(f"{type(error).__name__} after {count} messages; repeat with seed {seed + count}")
            return 1
        slowest = max(slowest, time.perf_counter() - begun)
        count += 1
    print(
        f"{count} messages read, seeds {seed}..{seed + count - 1}, slowest {slowest * 1000:.0f} ms"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
