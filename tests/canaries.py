"""Canaries: a distinct word in every field that a mail or a person fills, and a search for them everywhere.

Everywhere is: every file under the desk's home (databases with their write-ahead logs, queue, uploaded and
exported files, copies of keys), what the databases hold once opened with every key that is left, the live
objects of every function, and the log. Gmail's sandbox is Google and looked at by nobody here, and what the
desk has mailed to people is theirs.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import types
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from local.system_mail import FOLDER
from shared.app import App
from shared.errors import Invalid, NotFound, Unavailable
from shared.keys.laravel import Unopenable
from shared.services import sealed_files
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.log_watch import log_file

# What each field is filled with: too long to stand in random bytes by chance. A mail's and a person's are
# apart: erasing one must not need the other.
OF_MAIL: Final = {
    "subject": "zqsubjectcanary",
    "text": "zqtextcanary",
    "name": "zqnamecanary",
    "address": "zqaddresscanary",
    "also": "zqalsocanary",
    "attachment": "zqattachmentcanary",
    "message_id": "zqmessageidcanary",
}
OF_DESK: Final = {
    "note": "zqnotecanary",
    "draft": "zqdraftcanary",
    "upload": "zquploadcanary",
    "uploaded": "zqcontentcanary",
    "saved_name": "zqsavednamecanary",
    "saved_text": "zqsavedtextcanary",
    "about": "zqaboutcanary",
}
_UNSEARCHED: Final = (types.ModuleType, types.FunctionType, types.FrameType, type)


def plant(desk: DeskUnderTest) -> dict[str, Any]:
    """Connect a mailbox, let a mail with canaries arrive, and work on it; return its ticket."""
    desk.connect()
    desk.deliver(_mail())
    [ticket] = desk.tickets()
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    path = f"/api/tickets/{ticket['id']}"
    file = {"x_file_name": quote(f"{OF_DESK['upload']}.pdf"), "content_type": "application/pdf"}
    [customer] = desk.documents("customers")
    for browser, where, body, headers in (
        (agent, f"{path}/uploads", f"%PDF {OF_DESK['uploaded']}".encode(), file),
        (agent, f"{path}/notes", {"text": OF_DESK["note"]}, {}),
        (agent, f"{path}/replies", {"text": OF_DESK["draft"]}, {}),
        (agent, f"/api/tickets/customers/{customer}/notes", {"text": OF_DESK["about"]}, {}),
        (supervisor, "/api/tickets/saved_replies", _saved(desk), {}),
    ):
        answer = browser.send("POST", where, body, **headers)
        assert answer.status_code < 300, (where, answer.data)
    opened = agent.get(f"{path}").json["messages"]
    assert all(agent.get(message["body_url"]).status_code == 200 for message in opened)
    desk.settle()
    return ticket


def _mail() -> bytes:
    raw = mail(
        OF_MAIL["subject"],
        OF_MAIL["text"],
        sender=f"{OF_MAIL['name']} <{OF_MAIL['address']}@customers.example.net>",
        cc=f"{OF_MAIL['also']}@customers.example.net",
        message_id=f"<{OF_MAIL['message_id']}@customers.example.net>",
    )
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    name = f"{OF_MAIL['attachment']}.pdf"
    message.add_attachment(b"%PDF", "application", "pdf", filename=name)
    return message.as_bytes()


def _saved(desk: DeskUnderTest) -> dict[str, str]:
    own = desk.mailboxes[SUPPORT]
    return {"name": OF_DESK["saved_name"], "text": OF_DESK["saved_text"], "mailbox_id": own}


def found(desk: DeskUnderTest, words: Iterator[str] | list[str], tmp_path: Path) -> set[str]:
    """Return each place that has one of these words: "where: word"."""
    wanted = list(words)
    texts: list[tuple[str, bytes]] = [("log", log_file(tmp_path).read_bytes())]
    texts += [(f"file {path.name}", path.read_bytes()) for path in _files(desk.desk.home)]
    texts += [(where, text.encode()) for where, text in opened(desk)]
    texts += opened_files(desk)
    places = {f"{where}: {word}" for where, raw in texts for word in wanted if _has(raw, word)}
    return places | {f"memory of {where}: {word}" for where, word in in_memory(desk, wanted)}


def _has(raw: bytes, word: str) -> bool:
    """Say whether a text has a word as it is, or in base64, wherever that begins."""
    forms = [word.encode()]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + word.encode())
        forms.append(encoded[(0, 2, 3)[shift] : len(encoded) // 4 * 4 - 4])
    return any(form in raw for form in forms)


def _files(home: Path) -> list[Path]:
    return [p for p in sorted(home.rglob("*")) if p.is_file() and FOLDER not in p.parts]


def opened(desk: DeskUnderTest) -> Iterator[tuple[str, str]]:
    """Yield every document, and what it holds sealed, as far as any key that is left opens it."""
    app = desk.app()
    owners = list(desk.documents("keys", "keyring"))
    for database, store in desk.files.items():
        for document in store.dump():
            where = f"{database}/{document.collection}"
            yield where, repr(dict(document.data))
            sealed = document.data.get("sealed")
            for owner in owners if isinstance(sealed, str) else ():
                context = f"{document.collection}/{document.id}/sealed"
                try:
                    yield where, json.dumps(app.envelope.open(owner, context, str(sealed)))
                except (Unopenable, Invalid, NotFound, Unavailable):
                    continue


def opened_files(desk: DeskUnderTest) -> Iterator[tuple[str, bytes]]:
    """Yield what stored files hold, as far as any key that is left opens them."""
    app = desk.app()
    named = {d["object"] for d in desk.documents("job_pieces").values()}
    named |= {d["object"] for d in desk.documents("uploads").values()}
    for name in sorted(named):
        for owner in desk.documents("keys", "keyring"):
            with contextlib.suppress(NotFound, Unopenable, Invalid):
                yield f"object of {owner[:2]}", b"".join(sealed_files.read(app, owner, name))


def sealed_texts(desk: DeskUnderTest) -> dict[str, set[str]]:
    """Return the texts of each sealed member, by collection and name: "notes.text"."""
    texts: dict[str, set[str]] = {}
    for where, text in opened(desk):
        if text.startswith("{") and not text.startswith("{'"):
            collection = where.rpartition("/")[2]
            for name, value in _leaves(json.loads(text)):
                texts.setdefault(f"{collection}.{name}", set()).add(value)
    return texts


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _leaves(member, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, name)
    elif isinstance(value, str) and value:
        yield name, value


def in_memory(desk: DeskUnderTest, words: list[str]) -> set[tuple[str, str]]:
    """Return which function's live objects hold which words: what its app refers to, however far."""
    hits = set()
    ours: set[int] = {
        id(desk),
        id(desk.sandbox),
        id(desk.desk),
        id(desk.queue),
        id(hits),
        id(words),
    }
    ours |= {id(store) for store in [*desk.files.values(), *desk.desk.stores.values()]}
    for function, app in desk.desk._apps.items():
        for text in _reached(app, ours):
            hits |= {(function, word) for word in words if word in text}
    return hits


def _reached(app: App, left_out: set[int]) -> Iterator[str]:
    seen, waiting = set(left_out), [app]
    while waiting:
        one: Any = waiting.pop()
        if id(one) in seen or isinstance(one, _UNSEARCHED):
            continue
        seen.add(id(one))
        if isinstance(one, bytes | str):
            yield one if isinstance(one, str) else one.decode("utf-8", "replace")
        else:
            waiting += gc.get_referents(one)
