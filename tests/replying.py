"""Verbs of replying, for tests that go through the desk's front door."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final

from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

NORA: Final = "Nora Lind <nora@customers.example.net>"
NORAS: Final = "nora@customers.example.net"
UNDO_SECONDS: Final = 15


def asked(desk: DeskUnderTest, **options: Any) -> dict[str, Any]:
    """Connect the mailbox, give the customer a mailbox of this sandbox too, and let her ask."""
    desk.connect()
    desk.sandbox.add_account(NORAS, "Nora Lind", gmail=True)
    question = mail(
        "The printer is on fire", sender=NORA, message_id="<q@x.example.net>", **options
    )
    desk.deliver(question)
    [ticket] = desk.tickets()
    return ticket


def draft(browser: DeskBrowser, ticket: dict[str, Any], **content: Any) -> dict[str, Any]:
    """Begin a draft; return it."""
    body = {"text": "Somebody is on the way."} | content
    answer = browser.send("POST", f"/api/tickets/{ticket['id']}/replies", body)
    assert answer.status_code == 201, answer.data
    return dict(answer.json)


def act(
    browser: DeskBrowser, reply: dict[str, Any], verb: str, body: Any = None, **headers: str
) -> Any:
    """Send one of the verbs of a reply: queue, undo, retry, settle."""
    path = f"/api/tickets/{reply['ticket_id']}/replies/{reply['id']}/{verb}"
    if verb == "queue":
        headers = {"if_match": f'"{reply["version"]}"'} | headers
    return browser.send("POST", path, body, **headers)


def queue(
    browser: DeskBrowser, reply: dict[str, Any], conversation: int, **how: Any
) -> dict[str, Any]:
    """Queue a draft; return the answer's reply and ticket."""
    answer = act(browser, reply, "queue", {"conversation": conversation} | how)
    assert answer.status_code == 200, answer.data
    return dict(answer.json)


def replied(desk: DeskUnderTest, ticket: dict[str, Any], **content: Any) -> dict[str, Any]:
    """Write a reply and queue it as an agent; return it."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket, **content)
    queued: dict[str, Any] = queue(agent, reply, ticket["conversation"])["reply"]
    return queued


def passes(desk: DeskUnderTest, seconds: float = UNDO_SECONDS) -> None:
    """Let time pass, for the desk and for Gmail, and everything that is due happen."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)
    desk.sandbox.advance_clock(seconds)
    desk.settle()


def read(desk: DeskUnderTest, reply: dict[str, Any], role: str = "agent") -> dict[str, Any]:
    """Return a reply as it is now."""
    path = f"/api/tickets/{reply['ticket_id']}/replies/{reply['id']}"
    return dict(desk.browser(role).get(path).json)


def opened(desk: DeskUnderTest, ticket: dict[str, Any], role: str = "agent") -> dict[str, Any]:
    """Return a ticket, opened."""
    return dict(desk.browser(role).get(f"/api/tickets/{ticket['id']}").json)


def received(desk: DeskUnderTest, address: str = NORAS) -> list[EmailMessage]:
    """Return the mails that the mailbox sent to somebody, the oldest first: as many as arrived there."""
    sent = [one["raw"] for one in desk.sandbox.sends(SUPPORT) if address in one["recipients"]]
    arrived = [one for one in desk.sandbox.messages(address) if "INBOX" in one["labelIds"]]
    assert len(arrived) == len(sent)
    return [message_from_bytes(raw, EmailMessage, policy=default) for raw in sent]
