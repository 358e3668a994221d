"""The readable body of a message, put together from its parts, and the list of its attachments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from shared.mail.charsets import decode
from shared.mail.embedded import signed_content, split_uuencoded
from shared.mail.encoded_words import decode_words
from shared.mail.headers import declared_charset, read_block, shown
from shared.mail.mime import Part, read_parts

# Alternatives that only certain programs show; a message says the same in its other parts.
_SILENT_ALTERNATIVES = frozenset(("text/x-amp-html", "text/watch-html", "text/x-watch-html"))
_READABLE = frozenset(
    (
        "text/plain",
        "text/html",
        "text/enriched",
        "text/richtext",
        "text/markdown",
        "text/x-markdown",
    ),
)
_PACKED = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_SIGNED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
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
_META_WITHIN = 4_096  # an HTML page states its charset early or not at all
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


@dataclass(frozen=True, slots=True)
class File:
    """A file to be listed: the part it is or stands in, its path, its name as stated, its bytes.

    A file inside a part (uuencoded, in winmail.dat) has the part's path, "~" and its own; `content` is
    None where it is the part itself.
    """

    part: Part
    path: str
    name: str
    content: bytes | None


@dataclass(slots=True)
class Contents:
    """What walking the parts collects."""

    blocks: list[Block] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
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
    if _is_file(part, has_body=bool(blocks)):
        if part.media_type in _PACKED or part.declared_name.lower() == "winmail.dat":
            _unpack(part, contents, blocks)
        elif part.media_type in _SIGNED:
            _open_signed(part, contents, blocks)
        else:
            contents.files.append(File(part, part.path, part.declared_name, None))
    else:
        block = _block(part, contents)
        if block is not None:
            blocks.append(block)


def _is_file(part: Part, *, has_body: bool) -> bool:
    """Return whether a leaf is a file rather than a piece of the body."""
    if part.disposition == "attachment" or part.media_type not in _READABLE:
        return True
    named = bool(part.declared_name) and part.path != "1"
    return named and (has_body or part.disposition == "inline")


def _block(part: Part, contents: Contents) -> Block | None:
    """Return a readable part as a block of the body; uuencoded files in it become files."""
    text = text_of(part)
    if part.media_type == "text/html":
        return Block(html=text)
    if part.media_type in ("text/enriched", "text/richtext"):
        return Block(text=_without_markup(text))
    if "\nend" in text and "begin " in text:
        text, found = split_uuencoded(text)
        for number, embedded in enumerate(found, start=1):
            path = f"{part.path}~{number}"
            contents.files.append(File(part, path, embedded.name, embedded.content))
    return Block(text=text)


def _without_markup(text: str) -> str:
    """Return enriched text (RFC 1896) without its commands."""
    first, *pieces = text.replace("<<", "\0").split("<")
    return "".join((first, *(piece.partition(">")[2] for piece in pieces))).replace("\0", "<")


def _unpack(part: Part, contents: Contents, blocks: list[Block]) -> None:
    """Add what a winmail.dat holds; one that cannot be read stays a file."""
    from shared.mail.tnef import read_tnef  # noqa: PLC0415  # few mails hold one

    tnef = read_tnef(part.content())
    for number, embedded in enumerate(tnef.files, start=1):
        path = f"{part.path}~{number}"
        contents.files.append(File(part, path, embedded.name, embedded.content))
    if (tnef.text or tnef.html) and not any((b.text or b.html or "").strip() for b in blocks):
        blocks.append(Block(tnef.text or None, tnef.html or None))
    elif not tnef.files:
        contents.files.append(File(part, part.path, part.declared_name, None))


def _open_signed(part: Part, contents: Contents, blocks: list[Block]) -> None:
    """Show what an opaque S/MIME signature holds, unverified; what is encrypted stays a file."""
    signed = signed_content(part.content()) if part.content()[:1] == b"0" else b""
    contents.files.append(File(part, part.path, part.declared_name, None))
    if not signed or "~" in part.path:
        return
    root, _ = read_parts(signed)
    inner = Contents()
    _walk(root, inner, inner.blocks)
    blocks += inner.blocks
    for file in inner.files:
        content = file.content if file.content is not None else file.part.content()
        path = f"{part.path}~{file.path}"
        contents.files.append(File(file.part, path, file.name, content))


def _alternative(part: Part, contents: Contents, blocks: list[Block]) -> None:
    """Make one block of the forms of one thing: the first plain text, the richest HTML."""
    chosen = Block()
    for child in part.children:
        if child.media_type in _SILENT_ALTERNATIVES:
            contents.leaves.append(child)
            continue
        found: list[Block] = []
        if not child.children and child.media_type in _READABLE:
            if child.disposition == "attachment" and child.declared_name:
                _leaf(child, contents, found)
                continue
            contents.leaves.append(child)
            block = _block(child, contents)
            found = [block] if block else []
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
    """Return a text part as text: decoded, line ends as newlines, no NUL, unflowed (RFC 3676)."""
    content = part.content()
    charset = part.parameters.get("charset", "")
    if not charset and part.media_type == "text/html" and not content.isascii():
        charset = declared_charset(content[:_META_WITHIN])
    text = decode(content, charset)
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
        if out and (flowing_depth != depth or content == "-- "):
            out.append("\n")
        if not out or out[-1] == "\n":
            out.append(f"{'>' * depth} " if depth else "")
        flowed = content.endswith(" ") and content != "-- "
        out.append(content[:-1] if flowed and delete_space else content)
        flowing_depth = depth if flowed else -1
    return "".join(out)


def describe(file: File, html: str) -> Attachment:
    """Return the description of a file; its bytes are decoded once, for size and digest."""
    part = file.part
    content = part.content() if file.content is None else file.content
    content_id = part.headers.get("content-id").strip().strip("<>").strip()
    inside = file.content is not None
    return Attachment(
        file.path,
        _file_name(file, content),
        _type_of(file.name) if inside else part.media_type,
        len(content),
        "" if inside else content_id or part.headers.get("content-location").strip(),
        bool(content_id) and not inside and f"cid:{content_id}" in html,
        hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )


def _type_of(name: str) -> str:
    """Return the media type that a name's extension suggests."""
    extension = name.rpartition(".")[2].lower()
    for media_type, known in _EXTENSIONS.items():
        if known == extension:
            return media_type
    return "application/octet-stream"


def _file_name(file: File, content: bytes) -> str:
    """Return a safe name for a file: what it declares, else one made from what it is."""
    name = safe_name(file.name)
    if name:
        return name
    part = file.part
    extension = _EXTENSIONS.get(part.media_type, "")
    stem = _STEMS.get(part.media_type, "")
    if part.media_type == "message/rfc822":
        stripped = content.lstrip(b"\r\n")
        enclosed, _, _ = read_block(stripped, 0, len(stripped))
        stem = safe_name(decode_words(enclosed.get("subject")))[:100] or "message"
    if not stem:
        stem = f"attachment-{file.path.replace('.', '-').replace('~', '-')}"
    return f"{stem}.{extension}" if extension else stem


def safe_name(name: str) -> str:
    """Return a file name without folders, controls or characters that reorder text."""
    name = shown(name, 255)
    if name[1:3] == ":\\" or name.startswith(("/", "\\")):
        name = name.replace("\\", "/").rpartition("/")[2]
    return name.replace("/", "_").replace("\\", "_").strip(". ") if name.strip(". ") else ""
