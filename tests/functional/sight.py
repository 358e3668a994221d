"""A desk full of marked things, and a model of who may see which: for the property test of visibility.

Every text of a mailbox holds that mailbox's mark, so a leak is a mark, or an id, in an answer to somebody who
may not see the mailbox, whatever the route.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Final

from local import seed
from shared import ids
from shared.auth.visitor import visitor
from shared.domain import messages, tickets
from shared.domain import satisfaction as satisfaction_links
from shared.domain.people import CUSTOM_ROLES, USERS, CustomRole
from shared.domain.tickets import Rating
from shared.entry import Routes
from shared.keys.contract import TOKEN_KEY
from shared.permissions import ROLES, Permission
from shared.services.reports import satisfaction
from shared.store.contract import SERVER_TIME, Transaction
from tests.desk import DeskBrowser, DeskUnderTest

MARKS: Final = ("xalphamark", "xbetamark", "xgammamark")
PLACES: Final = ("support@example.com", "sales@example.com", "billing@example.com")
COMMON: Final = "printer"  # a word of every subject and every text
# Who has a role of the organisation's own proves a second factor, as administrators do.
MENTIONED: Final = ("agent", "viewer", "administrator")
PERSON: Final = {"custom": "administrator"}
CUSTOM: Final = "ro_" + "0" * 25 + "1"
TEAM: Final = "tm_" + "0" * 26

# What each of a mailbox's three tickets is like, beside its texts.
KINDS: Final = (
    {"state": "new", "tags": ["vip"], "priority": "high"},
    {"state": "open", "team_id": TEAM, "breached": ["solve"]},
    {"state": "solved", "tags": ["vip", "late"]},
)


@dataclass(frozen=True, slots=True)
class Marked:
    """One mailbox and what is in it; `known` are ids by the name that a path gives them."""

    mailbox_id: str
    mark: str
    tickets: dict[str, dict[str, Any]]
    known: dict[str, str]
    hidden: frozenset[str]  # ids that nobody outside may be told


@dataclass(slots=True)
class Sight:
    """The desk, its mailboxes, a browser of each role, and what each role may do in its mailboxes."""

    desk: DeskUnderTest
    places: list[Marked] = field(default_factory=list)
    browsers: dict[str, DeskBrowser] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    feed_cursor: str = ""
    glass: frozenset[int] = frozenset()  # the mailboxes that the administrator reads by break-glass

    def __repr__(self) -> str:
        """Be short in a failed test."""
        return f"{type(self).__name__}({sorted(self.glass)})"

    def become(
        self, role: str, members: frozenset[int], permissions: frozenset[Permission]
    ) -> None:
        """Make the person of a role a member of these mailboxes only; `custom` holds these permissions."""
        mine = [self.places[number].mailbox_id for number in sorted(members)]
        who = PERSON.get(role, role)
        changes = {"mailbox_ids": mine, "role": CUSTOM if role == "custom" else role}
        custom = CustomRole("Drawn", tuple(sorted(p.value for p in permissions)))

        def work(tx: Transaction) -> None:
            tx.update(USERS, self.users[who], changes)
            tx.put(
                CUSTOM_ROLES,
                CUSTOM,
                {
                    "name": custom.name,
                    "permissions": custom.permissions,
                    "version": 1,
                    "changed_by": None,
                    "last_audit_id": None,
                },
            )

        self.desk.app().store.transact(work)

    def browser(self, role: str) -> DeskBrowser:
        """Return the browser of a role's person."""
        return self.browsers[PERSON.get(role, role)]


def build(desk: DeskUnderTest) -> Sight:
    """Fill a desk: three mailboxes, each with tickets, notes, drafts, views, replies and customers."""
    sight = Sight(desk)
    sight.users = {
        role: ids.derived_id(ids.USER, "demo", desk.people[role][0]) for role in seed.ROLES
    }
    for number, address in enumerate(PLACES):
        desk.connect(address, *seed.ROLES)
        for kind in range(len(KINDS)):
            desk.deliver(_mail(MARKS[number], kind, address), to=address)
            desk.sandbox.advance_clock(60)
    sight.browsers = {role: desk.browser(role) for role in seed.ROLES}
    sight.feed_cursor = sight.browsers["agent"].get("/api/tickets/feed").json["next"]
    for number in range(len(PLACES)):
        sight.places.append(_fill(sight, number))
    desk.settle()
    return sight


def add_second(desk: DeskUnderTest) -> None:
    """Let there be another administrator, a member of nothing, who consents to break-glass."""
    seed._create(desk.desk, "administrator", "second@example.com", "a password")
    desk.people["second"] = ("second@example.com", "a password")


def glass_path(place: Marked, *parts: str) -> str:
    """Return where break-glass of a mailbox stands."""
    return "/".join((f"/api/admin/mailboxes/{place.mailbox_id}/break_glass", *parts))


def ask_glass(sight: Sight, number: int, minutes: int) -> str:
    """Let the administrator, a member of nothing, ask to read a mailbox; return the grant's id."""
    sight.become("administrator", frozenset(), frozenset())
    body = {"reason": "A customer says that a reply never came.", "minutes": minutes}
    asked = sight.browser("administrator").send("POST", glass_path(sight.places[number]), body)
    assert (asked.status_code, asked.json["state"]) == (201, "asked")
    return str(asked.json["id"])


def break_glass(sight: Sight, number: int, minutes: int) -> str:
    """Let the administrator read a mailbox with the other one's consent; return the grant's id."""
    id = ask_glass(sight, number, minutes)
    path = glass_path(sight.places[number], id, "consent")
    answer = sight.desk.browser("second").send("POST", path)
    assert (answer.status_code, answer.json["state"]) == (200, "open")
    sight.desk.settle()
    return id


def _fill(sight: Sight, number: int) -> Marked:
    desk, mark = sight.desk, MARKS[number]
    mailbox_id = desk.mailboxes[PLACES[number]]
    lead = sight.browsers["supervisor"]
    stored = {
        id: t
        for id, t in desk.documents(tickets.COLLECTION).items()
        if t["mailbox_id"] == mailbox_id
    }
    in_order = sorted(stored, key=lambda one: stored[one]["last_message_at"])
    for kind, id in enumerate(in_order):
        _write(desk, id, KINDS[kind])
    first = in_order[0]
    lead.send("POST", f"/api/tickets/{first}/follow")
    note = lead.send(
        "POST",
        f"/api/tickets/{first}/notes",
        {"text": f"Note {mark}", "mentions": [sight.users[role] for role in MENTIONED]},
    )
    view = lead.send(
        "POST",
        "/api/tickets/views",
        {
            "name": f"View {mark}",
            "filters": {"tag": "vip", "mailbox_ids": list(desk.mailboxes.values())},
            "mailbox_id": mailbox_id,
        },
    )
    saved = lead.send(
        "POST",
        "/api/tickets/saved_replies",
        {"name": f"Saved {mark}", "text": f"Text {mark}", "mailbox_id": mailbox_id},
    )
    draft = lead.send("POST", f"/api/tickets/{first}/replies", {"text": f"Draft {mark}"})
    upload = lead.send(
        "POST",
        f"/api/tickets/{first}/uploads",
        mark.encode(),
        x_file_name=f"{mark}.txt",
        content_type="text/plain",
    )
    for made in (note, view, saved, draft, upload):
        assert made.status_code == 201, made.json
    message_id, message = next(
        (id, m) for id, m in desk.documents(messages.COLLECTION).items() if m["ticket_id"] == first
    )
    customer_id = stored[first]["customer_id"]
    _rate(desk, first, customer_id, f"Comment {mark}")
    known = {
        "mailbox_id": mailbox_id,
        "ticket_id": first,
        "message_id": message_id,
        "part": message["attachments"][0]["part"],
        "note_id": note.json["id"],
        "view_id": view.json["id"],
        "saved_reply_id": saved.json["id"],
        "reply_id": draft.json["id"],
        "upload_id": upload.json["id"],
        "other_id": in_order[1],
        "customer_id": customer_id,
    }
    # A mailbox's own id stands in the filters of a view that others share, and tells nothing.
    hidden = {*in_order, *(v for name, v in known.items() if name not in ("mailbox_id", "part"))}
    shown = {id: desk.documents(tickets.COLLECTION)[id] for id in in_order}
    return Marked(mailbox_id, mark, shown, known, frozenset(hidden))


def _rate(desk: DeskUnderTest, ticket_id: str, customer_id: str, comment: str) -> None:
    app = desk.app()
    ends = app.clock.now() + satisfaction_links.LINK_LIVES
    key = app.keys.primary(TOKEN_KEY).value
    token = satisfaction_links.token(key, ticket_id, customer_id, ends)
    who = visitor("", "203.0.113.9", "", hops=0)
    satisfaction.answer(app, who, token, Rating.GOOD, comment)


def _write(desk: DeskUnderTest, id: str, fields: dict[str, Any]) -> None:
    version = desk.documents(tickets.COLLECTION)[id]["version"] + 1
    changes = fields | {"version": version, "changed_at": SERVER_TIME}
    desk.app().store.transact(lambda tx: tx.update(tickets.COLLECTION, id, changes))


def _mail(mark: str, kind: int, to: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"{mark.title()} Person <p{kind}@{mark}.example.net>"
    message["To"] = to
    message["Subject"] = f"{mark} {COMMON} {kind}"
    message.set_content(f"{mark} {COMMON} smokes")
    message.add_attachment(f"{mark}".encode(), "text", "plain", filename=f"{mark}.txt")
    return message.as_bytes()


def may(role: str, permissions: frozenset[Permission], wanted: Permission) -> bool:
    """Say whether a role may do this in its mailboxes, by the product's table or by what was drawn."""
    return wanted in (permissions if role == "custom" else ROLES[role].in_mailboxes)


def leaks(answer: Any, place: Marked, path: str) -> list[str]:
    """Return what of a hidden mailbox stands in an answer, beside what the path itself named."""
    text = answer.data.decode("utf-8", "replace").casefold()
    named = path.casefold()
    told = [id for id in place.hidden if id.casefold() in text and id.casefold() not in named]
    return [*told, *([place.mark] if place.mark in text else [])]


def get_routes(functions: dict[str, Routes]) -> list[tuple[str, str]]:
    """Return (function, path) of every GET."""
    return [
        (name, route.path)
        for name, routes in sorted(functions.items())
        for route in routes.routes
        if route.method == "GET"
    ]


def aimed(value: Any, place: Marked, member: str = "") -> Any:
    """Return a body in which every id that a mailbox has such ones of is of this mailbox."""
    if isinstance(value, dict):
        return {name: aimed(item, place, name) for name, item in value.items()}
    if isinstance(value, list):
        return [aimed(item, place, member.removesuffix("s")) for item in value]
    if not isinstance(value, str):
        return value
    prefix = value.partition("_")[0] if len(value) > 26 else ""
    ours = [
        id for name, id in place.known.items() if id.startswith(f"{prefix}_") and name != "part"
    ]
    return place.known.get(member) or (ours[0] if prefix and ours else value)


def standing(desk: DeskUnderTest, places: Iterable[Marked]) -> dict[tuple[str, str], Any]:
    """Return every document of these mailboxes, to see later that nobody changed one."""
    mine = {place.mailbox_id for place in places}
    return {
        (collection, id): data
        for collection in (
            "tickets",
            "messages",
            "notes",
            "replies",
            "views",
            "saved_replies",
            "changes",
        )
        for id, data in desk.documents(collection).items()
        if data.get("mailbox_id") in mine
    }


def dumped(answer: Any) -> str:
    """Return an answer for a message of a failed test."""
    return json.dumps(answer.json)[:400] if answer.is_json else repr(answer.data[:400])
