"""The readable body of a message, put together from its parts, and the list of its attachments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from shared.mail.charsets import decode
from shared.mail.headers import decode_words, read_block, shown
from shared.mail.mime import Part

# Alternatives that only certain programs show; a message says the same in its other parts.
_SILENT_ALTERNATIVES = frozenset(("text/x-amp-html", "text/watch-html", "text/x-watch-html"))
_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "message/delivery-status": "txt",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/xml": "xml",
    "video/mp4": "mp4",
}
_STEMS = {"text/calendar": "invite", "message/delivery-status": "delivery-status"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message. `inline` means that the HTML body shows it by its Content-ID.

    `part` finds its bytes again (parse.content), `size` counts them, `md5` is of them and serves to
    recognise equal files, nothing else.
    """

    part: str
    name: str
    media_type: str
    size: int
    content_id: str
    inline: bool
    md5: str


@dataclass(slots=True)
class Block:
    """A piece of the body in one or both forms; None where that form is missing."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Contents:
    """What walking the parts collects."""

    blocks: list[Block] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    leaves: list[Part] = field(default_factory=list)


def read_contents(root: Part) -> Contents:
    """Return the body blocks, the files and all leaves of a message, in their order."""
    contents = Contents()
    _walk(root, contents, contents.blocks)
    return contents


def _walk(part: Part, contents: Contents, blocks: list[Block]) -> None:
    if not part.children:
        _leaf(part, contents, blocks)
    elif part.media_type == "multipart/alternative":
        _alternative(part, contents, blocks)
    else:
        for child in part.children:
            _walk(child, contents, blocks)


def _leaf(part: Part, contents: Contents, blocks: list[Block]) -> None:
    contents.leaves.append(part)
    if part.disposition == "attachment" or not part.media_type.startswith("text/"):
        contents.files.append(part)
    elif part.media_type not in ("text/plain", "text/html") and (blocks or part.declared_name):
        contents.files.append(part)
    elif part.declared_name and (blocks or part.disposition == "inline") and part.path != "1":
        contents.files.append(part)
    elif part.media_type == "text/calendar" or part.media_type == "text/rfc822-headers":
        contents.files.append(part)
    elif part.media_type == "text/html":
        blocks.append(Block(html=text_of(part)))
    else:
        blocks.append(Block(text=text_of(part)))


def _alternative(part: Part, contents: Contents, blocks: list[Block]) -> None:
    """Make one block of the forms of one thing: the first plain text, the richest HTML."""
    chosen = Block()
    for child in part.children:
        if child.media_type in _SILENT_ALTERNATIVES:
            contents.leaves.append(child)
            continue
        found: list[Block] = []
        if not child.children and child.media_type in ("text/plain", "text/html"):
            if child.disposition == "attachment" and child.declared_name:
                _leaf(child, contents, found)
                continue
            contents.leaves.append(child)
            content = text_of(child)
            is_html = child.media_type == "text/html"
            found = [Block(html=content) if is_html else Block(text=content)]
        else:
            _walk(child, contents, found)
        text = "\n".join(block.text for block in found if block.text)
        html = "\n".join(block.html for block in found if block.html)
        if text.strip() and not (chosen.text or "").strip():
            chosen.text = text
        if html.strip():
            chosen.html = html
    if chosen.text is not None or chosen.html is not None:
        blocks.append(chosen)


def text_of(part: Part) -> str:
    """Return a text part as text: decoded, with newlines as \\n, without NUL, unflowed (RFC 3676)."""
    text = decode(part.content(), part.parameters.get("charset", ""))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    if part.parameters.get("format", "").lower() == "flowed" and " \n" in text:
        return _unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Join flowed lines (RFC 3676 section 4.2): one that ends in a space goes on in the next."""
    out: list[str] = []
    flowing_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        flowed = content.endswith(" ") and content != "-- "
        if flowed and delete_space:
            content = content[:-1]
        if flowing_depth == depth and content != "-- ":
            out[-1] += content
        else:
            quote = ">" * depth
            out.append(f"{quote} {content}" if quote else content)
        flowing_depth = depth if flowed else -1
    return "\n".join(out)


def describe(part: Part, html: str) -> Attachment:
    """Return the description of a file part; its bytes are decoded once, for size and digest."""
    content = part.content()
    content_id = part.headers.get("content-id").strip().strip("<>").strip()
    location = part.headers.get("content-location")
    is_inline = bool(content_id) and f"cid:{content_id}" in html
    return Attachment(
        part.path,
        file_name(part, content),
        part.media_type,
        len(content),
        content_id or location,
        is_inline,
        hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )


def file_name(part: Part, content: bytes) -> str:
    """Return a safe name for a file part: what it declares, else one made from what it is."""
    name = safe_name(part.declared_name)
    if name:
        return name
    extension = _EXTENSIONS.get(part.media_type, "")
    stem = _STEMS.get(part.media_type, "")
    if part.media_type == "message/rfc822":
        enclosed, _, _ = read_block(content, 0, len(content))
        stem = safe_name(decode_words(enclosed.get("subject")))[:100] or "message"
    if not stem:
        stem = f"attachment-{part.path.replace('.', '-')}"
    return f"{stem}.{extension}" if extension else stem


def safe_name(name: str) -> str:
    """Return a file name without folders, controls or characters that reorder text."""
    name = shown(name, 255)
    if name[1:3] == ":\\" or name.startswith(("/", "\\")):
        name = name.replace("\\", "/").rpartition("/")[2]
    return name.replace("/", "_").replace("\\", "_").strip(". ") if name.strip(". ") else ""
