"""Notifications by mail: what such a mail says, how many there are, and what happens when none can go."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Final

import pytest

from local import system_mail
from shared.app import App
from shared.domain import notifications
from shared.domain.people import USERS
from shared.errors import Conflict, Invalid, ProductError, Unavailable
from shared.services.notifications import notice_mail, notice_pace
from shared.services.outbox import COLLECTION as OUTBOX
from tests.desk import DeskUnderTest, mail
from tests.functional.test_notes import user_id, write
from tests.functional.test_notifications import alter, choose
from tests.stopped_clock import StoppedClock

AGENT: Final = "agent@example.com"
APART: Final = notifications.MAIL_APART.total_seconds()


@pytest.fixture
def ticket_id(desk: DeskUnderTest) -> str:
    """Let one mail arrive and give its ticket's id."""
    desk.connect()
    desk.deliver(mail())
    [ticket] = desk.tickets()
    id: str = ticket["id"]
    return id


class FailingSmtp:
    """A mail server that fails so many times, and takes what comes afterwards."""

    def __init__(self, app: App, error: ProductError, times: int) -> None:
        self._inner = app.smtp
        self._error = error
        self.left = times
        self.tried: list[str] = []

    def sender(self) -> str:
        """Return the desk's address."""
        return self._inner.sender()

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Fail, or write the mail."""
        self.tried.append(str(message["Message-ID"]))
        if self.left:
            self.left -= 1
            raise self._error
        self._inner.send(message, recipient)


def failing(desk: DeskUnderTest, error: ProductError, times: int) -> FailingSmtp:
    """Let the desk's mail server fail so many times."""
    app = desk.desk.app("send_notice")
    smtp = FailingSmtp(app, error, times)
    vars(app)["smtp"] = smtp
    return smtp


def assign(desk: DeskUnderTest, ticket_id: str) -> None:
    """Give the ticket to the agent, again."""
    alter(desk, ticket_id, "supervisor", assignee_id=None)
    alter(desk, ticket_id, "supervisor", assignee_id=user_id(desk, "agent"))


def mails(desk: DeskUnderTest) -> list[EmailMessage]:
    """Return the notices that the agent got, the newest first."""
    found = system_mail.newest_first(desk.desk.home, AGENT)
    return [message for message in found if "there is something for you" in str(message["Subject"])]


def text(message: EmailMessage) -> str:
    """Return what a mail says, in plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def states(desk: DeskUnderTest) -> list[str]:
    """Return what became of the mail of each notification."""
    return sorted(n["mail"] for n in desk.documents(notifications.COLLECTION).values())


def notices_left(desk: DeskUnderTest) -> list[str]:
    """Return the notices whose event nobody has consumed."""
    rows = desk.documents(OUTBOX).items()
    return [id for id, row in rows if row["topic"] == "notice-due"]


def pass_time(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass, and what is due then happen."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)
    desk.settle()


def test_a_mail_names_the_ticket_and_nothing_of_it(desk: DeskUnderTest, ticket_id: str) -> None:
    """Why, the code and a link; neither subject nor text nor customer."""
    write(desk.browser("supervisor"), ticket_id, "The reel is worn.", user_id(desk, "agent"))
    desk.settle()

    [message] = mails(desk)

    [ticket] = desk.tickets()
    assert message["Subject"] == f"Ticket {ticket['code']}: there is something for you"
    said = text(message)
    assert f"{ticket['code']}: You were mentioned in a note." in said
    assert f"http://127.0.0.1:8080/desk/#/tickets/{ticket_id}\n" in said
    whole = message.as_string()
    assert not any(word in whole for word in ("printer", "reel", "Nora", "nora@", "Supervisor"))
    assert message["Auto-Submitted"] == "auto-generated"
    [entry] = [e for e in desk.audit() if e["action"] == "notification.mailed"]
    assert (entry["outcome"], entry["target"]["type"]) == ("success", "notification")
    assert AGENT not in str(entry)
    assert notices_left(desk) == []


def test_a_mail_is_in_its_readers_language(desk: DeskUnderTest, ticket_id: str) -> None:
    """Arabic, from right to left."""
    agent = user_id(desk, "agent")
    desk.app().store.transact(lambda tx: tx.update(USERS, agent, {"language": "ar"}))

    assign(desk, ticket_id)
    desk.settle()

    [message] = system_mail.newest_first(desk.desk.home, AGENT)
    assert "أُسندت التذكرة إليك" in text(message)
    html = message.get_body(("html",))
    assert html is not None
    assert 'dir="rtl"' in str(html.get_content())


def test_one_ticket_mails_once_in_five_minutes(desk: DeskUnderTest, ticket_id: str) -> None:
    """What comes meanwhile waits, and goes as one mail that tells it all."""
    assign(desk, ticket_id)
    desk.settle()
    for _ in range(3):
        assign(desk, ticket_id)
    write(desk.browser("supervisor"), ticket_id, "@Agent", user_id(desk, "agent"))
    desk.settle()
    assert len(mails(desk)) == 1

    pass_time(desk, APART - 2)
    early = len(mails(desk))
    pass_time(desk, 4)
    pass_time(desk, 2 * APART)

    assert early == 1
    newest, _ = mails(desk)
    assert "assigned to you" in text(newest)
    assert "mentioned" in text(newest)
    assert states(desk) == ["sent"] * 5


def test_another_ticket_is_mailed_at_once(desk: DeskUnderTest, ticket_id: str) -> None:
    """The five minutes are of one ticket and one person."""
    desk.deliver(mail("Another one", message_id="<9@x.example.net>"))
    [other] = [t["id"] for t in desk.tickets() if t["id"] != ticket_id]

    assign(desk, ticket_id)
    assign(desk, other)
    desk.settle()

    assert len(mails(desk)) == 2


def test_nobody_gets_more_than_twenty_mails_an_hour(desk: DeskUnderTest, ticket_id: str) -> None:
    """Who is given many tickets at once hears of the first ones; the others wait for the next hour."""
    most = notice_pace.MOST_AN_HOUR
    for number in range(most + 1):
        desk.deliver(mail(f"Number {number}", message_id=f"<n{number}@x.example.net>"))
    for ticket in desk.tickets():
        assign(desk, ticket["id"])
    desk.settle()
    at_once = len(mails(desk))
    assert ticket_id in {ticket["id"] for ticket in desk.tickets()}

    pass_time(desk, 3_600)
    later = len(mails(desk))

    assert (at_once, later) == (most, most + 2)
    assert set(states(desk)) == {"sent"}


def test_what_was_read_on_the_page_is_not_mailed(desk: DeskUnderTest, ticket_id: str) -> None:
    """Who saw it meanwhile needs no mail."""
    assign(desk, ticket_id)
    desk.settle()
    assign(desk, ticket_id)
    desk.settle()

    desk.browser("agent").send("POST", "/api/tickets/notifications/read", {})
    pass_time(desk, APART + 2)

    assert len(mails(desk)) == 1
    assert states(desk) == ["needless", "sent"]


def test_who_wants_no_mail_gets_none(desk: DeskUnderTest, ticket_id: str) -> None:
    """On the page it stands all the same."""
    agent = desk.browser("agent")
    choose(agent, mail="off")

    assign(desk, ticket_id)
    desk.settle()

    assert mails(desk) == []
    assert agent.get("/api/tickets/notifications").json["unread"] == 1


@pytest.mark.parametrize("change", [{"mailbox_ids": []}, {"disabled": True}])
def test_who_lost_sight_meanwhile_gets_no_mail(
    desk: DeskUnderTest, ticket_id: str, change: dict[str, Any]
) -> None:
    """What counts is what a person may see when the mail goes, not when it was asked for."""
    assign(desk, ticket_id)
    desk.settle()
    assign(desk, ticket_id)
    desk.settle()
    desk.app().store.transact(lambda tx: tx.update(USERS, user_id(desk, "agent"), change))

    pass_time(desk, APART + 2)

    assert len(mails(desk)) == 1
    assert states(desk) == ["needless", "sent"]


def test_an_event_that_comes_twice_mails_once(desk: DeskUnderTest, ticket_id: str) -> None:
    """A second delivery finds the mail sent; one of something unknown does nothing."""
    assign(desk, ticket_id)
    desk.settle()
    [id] = desk.documents(notifications.COLLECTION)

    for event in ({"id": id}, {"id": "no_unknown"}):
        assert desk.push("send_notice", event).status_code == 204
    pass_time(desk, 3 * APART)

    assert len(mails(desk)) == 1


def test_a_delivery_beside_another_waits(desk: DeskUnderTest, ticket_id: str) -> None:
    """While one instance has the mail on its way no other sends it; after its death one does."""
    assign(desk, ticket_id)
    desk.settle()
    [id] = desk.documents(notifications.COLLECTION)
    until = desk.clock.now() + timedelta(seconds=100)
    taken = {"mail": "due", "mail_until": until}
    desk.app().store.transact(lambda tx: tx.update(notifications.COLLECTION, id, taken))

    desk.push("send_notice", {"id": id})
    desk.settle()
    beside = len(mails(desk))
    pass_time(desk, 101)

    first, second = mails(desk)
    assert beside == 1
    assert first["Message-ID"] == second["Message-ID"]  # known for the same by who reads it


def test_a_mail_server_that_is_down_is_asked_again(desk: DeskUnderTest, ticket_id: str) -> None:
    """After a minute, two, four: then it goes, once."""
    smtp = failing(desk, Unavailable("smtp.unavailable"), 2)

    assign(desk, ticket_id)
    desk.settle()
    assert (len(smtp.tried), len(mails(desk))) == (1, 0)
    pass_time(desk, 61)
    assert (len(smtp.tried), len(mails(desk))) == (2, 0)
    desk.tick("apply_deadlines")
    desk.settle()
    assert len(smtp.tried) == 2  # the sweep does not hurry it
    pass_time(desk, 121)

    assert (len(smtp.tried), len(mails(desk)), len(set(smtp.tried))) == (3, 1, 1)
    assert states(desk) == ["sent"]


def test_a_mail_server_that_stays_down_is_given_up(desk: DeskUnderTest, ticket_id: str) -> None:
    """After six times nobody asks any more, and the log says so."""
    smtp = failing(desk, Unavailable("smtp.unavailable"), 1_000)

    assign(desk, ticket_id)
    for _ in range(10):
        pass_time(desk, 3_600)

    assert len(smtp.tried) == notice_mail.MAX_MAILINGS
    assert states(desk) == ["given_up"]
    [entry] = [e for e in desk.audit() if e["action"] == "notification.mailed"]
    assert (entry["outcome"], entry["reason"]) == ("failure", "smtp.unavailable")
    assert notices_left(desk) == []


@pytest.mark.parametrize("error", [Invalid("smtp.refused"), Conflict("smtp.not_configured")])
def test_a_mail_that_cannot_go_is_given_up_at_once(
    desk: DeskUnderTest, ticket_id: str, error: ProductError
) -> None:
    """What waiting does not mend is not tried again; the page tells it all the same."""
    smtp = failing(desk, error, 1_000)

    assign(desk, ticket_id)
    pass_time(desk, 3_600)

    assert len(smtp.tried) == 1
    assert states(desk) == ["given_up"]
    assert desk.browser("agent").get("/api/tickets/notifications").json["unread"] == 1


def test_what_was_not_published_goes_with_the_sweep(desk: DeskUnderTest, ticket_id: str) -> None:
    """The event stands in the outbox until the mail is sent."""
    assign(desk, ticket_id)
    desk.settle()
    [id] = desk.documents(notifications.COLLECTION)

    def forget(tx: Any) -> None:
        tx.update(notifications.COLLECTION, id, {"mail": "due"})
        row = {"topic": "notice-due", "event": {"id": id}, "due_at": desk.clock.now()}
        tx.put(OUTBOX, id, row)

    desk.app().store.transact(forget)
    pass_time(desk, APART + 61)
    assert len(mails(desk)) == 1

    desk.tick("apply_deadlines")
    desk.settle()

    assert len(mails(desk)) == 2
    assert states(desk) == ["sent"]
