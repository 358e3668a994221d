"""Verbs of customers who say how they were helped, for tests that go through the front door."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from shared import codec
from shared.domain.mailbox_settings import MailboxSettings
from shared.domain.tickets import Ticket
from shared.services.reports import satisfaction
from tests.desk import SUPPORT, URL, DeskUnderTest, mail
from tests.replying import draft, passes, queue, received


def asks(desk: DeskUnderTest) -> None:
    """Let the mailbox ask its customers how they were helped."""
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/settings"
    change = {"satisfaction": True}
    answer = desk.browser("administrator").send("PATCH", path, change, if_match='"0"')
    assert answer.status_code == 200, answer.data


def solve(desk: DeskUnderTest, ticket: dict[str, Any], **content: Any) -> str:
    """Answer a ticket and solve it; return the path of the link that the customer got, or ""."""
    agent = desk.browser("agent")
    conversation = agent.get(f"/api/tickets/{ticket['id']}").json["ticket"]["conversation"]
    queue(agent, draft(agent, ticket, **content), conversation, then_state="solved")
    passes(desk)
    return link_in(desk)


def link_in(desk: DeskUnderTest) -> str:
    """Return the path of the link in the newest mail that the customer got, or ""."""
    text = received(desk)[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(re.escape(URL) + r"(/satisfaction/\S+)", text)
    return found[1] if found else ""


def say(
    desk: DeskUnderTest, path: str, rating: str = "good", comment: str = "", **headers: str | None
) -> TestResponse:
    """Send the page's own form, as a browser does that nobody is signed in at."""
    body = urlencode({"rating": rating, "comment": comment}).encode()
    form = {"content_type": "application/x-www-form-urlencoded", "origin": URL}
    return desk.browser().send("POST", path, body, **(form | headers))


def mail_from_a_customer(desk: DeskUnderTest) -> None:
    """Connect the mailbox, and let somebody ask."""
    desk.connect()
    desk.deliver(mail("Ink", sender="Nora <nora@work.example.net>"))


def link_of_first_ticket(desk: DeskUnderTest) -> str:
    """Return the address of a link as a reply that solves would bring it."""
    app = desk.app()
    [(ticket_id, data)] = desk.documents("tickets").items()
    ticket = codec.from_document(Ticket, data)
    address = satisfaction.link(app, ticket_id, ticket, MailboxSettings(satisfaction=True))
    assert address is not None
    return address
