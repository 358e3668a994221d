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

from local import seed
from local.system_mail import FOLDER
from shared.app import App
from shared.auth.visitor import visitor
from shared.domain import satisfaction as satisfaction_links
from shared.domain.tickets import Rating
from shared.errors import Invalid, NotFound, Unavailable
from shared.keys.contract import TOKEN_KEY
from shared.keys.laravel import Unopenable
from shared.services import sealed_files
from shared.services.reports import satisfaction
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.log_watch import log_file
from tests.stopped_clock import StoppedClock

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
    "comment": "zqcommentcanary",
    "request": "zqrequestcanary",
}
OF_DESK: Final = {
    "note": "zqnotecanary",
    "draft": "zqdraftcanary",
    "upload": "zquploadcanary",
    "uploaded": "zqcontentcanary",
    "saved_name": "zqsavednamecanary",
    "saved_text": "zqsavedtextcanary",
    "about": "zqaboutcanary",
    "field": "zqfieldcanary",
    "answer": "zqanswercanary",
    "import_subject": "zqimportsubjectcanary",
    "import_text": "zqimporttextcanary",
    "import_note": "zqimportnotecanary",
}
# What a mailbox's people decide and write for everybody who writes to it, of nobody.
OF_MAILBOX: Final = {
    "rule_name": "zqrulenamecanary",
    "rule_value": "zqrulevaluecanary",
    "rule_note": "zqrulenotecanary",
    "signature": "zqmailboxsignaturecanary",
    "acknowledgement_subject": "zqacksubjectcanary",
    "acknowledgement_text": "zqacktextcanary",
    "from_address": "zqfromcanary@example.com",
    "view": "zqsharedviewcanary",
    "glass": "zqglasscanary",
}
_UNSEARCHED: Final = (types.ModuleType, types.FunctionType, types.FrameType, type)


def plant(desk: DeskUnderTest) -> dict[str, Any]:
    """Connect a mailbox, let a mail with canaries arrive, and work on it; return its ticket."""
    desk.connect()
    _set_up(desk)
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
        _send(browser, "POST", where, body, **headers)
    _fill_field(desk, path)
    _say(desk, ticket["id"], customer)
    _import(desk)
    opened = agent.get(f"{path}").json["messages"]
    assert all(agent.get(message["body_url"]).status_code == 200 for message in opened)
    desk.settle()
    return ticket


def _send(
    browser: DeskBrowser, method: str, where: str, body: Any = None, **headers: str
) -> dict[str, Any]:
    answer = browser.send(method, where, body, **headers)
    assert answer.status_code < 300, (where, answer.data)
    return dict(answer.json or {})


def _set_up(desk: DeskUnderTest) -> None:
    """Let the mailbox's people write its texts and a rule that meets the mail; somebody else breaks glass."""
    assert isinstance(desk.clock, StoppedClock)
    administrator, supervisor = desk.browser("administrator"), desk.browser("supervisor")
    own = desk.mailboxes[SUPPORT]
    of = OF_MAILBOX
    texts = ("signature", "acknowledgement_subject", "acknowledgement_text", "from_address")
    settings = {name: of[name] for name in texts} | {"satisfaction": True}
    values = [of["rule_value"], "customers.example"]
    rule = {
        "name": of["rule_name"],
        "when": ["ticket_created"],
        "conditions": [{"field": "sender", "operator": "contains", "values": values}],
        "actions": {"note": of["rule_note"]},
    }
    view = {"name": of["view"], "filters": {"mailbox_ids": [own]}, "mailbox_id": own}
    mailbox = f"/api/admin/mailboxes/{own}"
    _send(administrator, "PATCH", f"{mailbox}/settings", settings, if_match='"0"')
    _send(supervisor, "POST", f"{mailbox}/rules", rule)
    _send(supervisor, "POST", "/api/tickets/views", view)
    seed._create(desk.desk, "administrator", "second@example.com", "a password")
    desk.people["second"] = ("second@example.com", "a password")
    second = desk.browser("second")
    _send(second, "POST", f"{mailbox}/break_glass", {"reason": of["glass"]})
    desk.settle()
    desk.clock.advance(31)  # instances remember rules for 30 s


def _fill_field(desk: DeskUnderTest, path: str) -> None:
    """Let somebody fill in a field of the organisation's own."""
    administrator, agent = desk.browser("administrator"), desk.browser("agent")
    field = {"name": "An order", "kind": "text"}
    id = _send(administrator, "POST", "/api/admin/custom_fields", field)["id"]
    version = agent.get(path).json["ticket"]["version"]
    _send(agent, "PATCH", path, {"fields": {id: OF_DESK["field"]}}, if_match=f'"{version}"')


def _say(desk: DeskUnderTest, ticket_id: str, customer_id: str) -> None:
    """Let the customer say how they were helped, ask for a correction, and be answered."""
    app, administrator = desk.app(), desk.browser("administrator")
    key = app.keys.primary(TOKEN_KEY).value
    ends = app.clock.now() + satisfaction_links.LINK_LIVES
    token = satisfaction_links.token(key, ticket_id, customer_id, ends)
    who = visitor("", "203.0.113.9", "", hops=0)
    satisfaction.answer(app, who, token, Rating.BAD, OF_MAIL["comment"])
    path = "/api/admin/privacy/requests"
    asked = {"kind": "correction", "customer_id": customer_id, "text": OF_MAIL["request"]}
    id = _send(administrator, "POST", path, asked)["id"]
    refused = {"decision": "refused", "answer": OF_DESK["answer"]}
    _send(administrator, "PATCH", f"{path}/{id}", refused, if_match='"1"')


def _import(desk: DeskUnderTest) -> None:
    """Let a conversation of the same customer be brought in from elsewhere."""
    conversation = {
        "id": 7,
        "number": 107,
        "status": "closed",
        "state": "published",
        "subject": OF_DESK["import_subject"],
        "createdAt": "2025-03-01T10:00:00Z",
        "customer": {
            "firstName": OF_MAIL["name"],
            "email": f"{OF_MAIL['address']}@customers.example.net",
        },
        "_embedded": {
            "threads": [
                {
                    "id": 70 + number,
                    "type": kind,
                    "state": "published",
                    "body": text,
                    "createdBy": {"type": by, "firstName": OF_MAIL["name"]},
                    "createdAt": "2025-03-01T10:00:00Z",
                }
                for number, (kind, by, text) in enumerate(
                    (
                        ("customer", "customer", OF_DESK["import_text"]),
                        ("note", "user", OF_DESK["import_note"]),
                    )
                )
            ],
        },
    }
    broken = {"id": 8, "subject": OF_DESK["import_subject"]}
    lines = b"".join(json.dumps(line).encode() + b"\n" for line in (conversation, broken))
    query = f"mailbox_id={desk.mailboxes[SUPPORT]}&format=freescout"
    _send(desk.browser("administrator"), "POST", f"/api/admin/imports?{query}", lines)
    desk.settle()


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
            for member in ("sealed", "answer"):
                sealed = document.data.get(member)
                for owner in owners if isinstance(sealed, str) else ():
                    context = f"{document.collection}/{document.id}/{member}"
                    try:
                        yield where, json.dumps(app.envelope.open(owner, context, str(sealed)))
                    except (Unopenable, Invalid, NotFound, Unavailable):
                        continue


def opened_files(desk: DeskUnderTest) -> Iterator[tuple[str, bytes]]:
    """Yield what stored files hold, as far as any key that is left opens them."""
    app = desk.app()
    named = {d["object"] for d in desk.documents("job_pieces").values()}
    named |= {d["object"] for d in desk.documents("uploads").values()}
    named |= {d["imported"]["object"] for d in desk.documents("jobs").values() if d["imported"]}
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
