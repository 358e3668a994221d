"""The fault table of sending: whatever fails, the customer has the mail once, or a person is asked.

Every call of every seam of send_reply is struck, before and after it took effect, by an error and by the
death of the instance; then everything is delivered and redelivered, swept and polled until nothing is owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest

from shared import codec
from shared.app import App
from shared.domain.mailbox_settings import MailboxSettings
from shared.domain.mailboxes import SYNC
from shared.gmail.contract import Down, Gmail, Sent
from shared.smtp.contract import SmtpServer
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, desk_in
from tests.faults.faulty import WAYS, Rule
from tests.faults.rig import Rig
from tests.replying import NORAS, asked, draft, queue
from tests.rewinding import moment

_SWEPT_SECONDS: Final = 61


@dataclass(frozen=True, slots=True)
class End:
    """What there is at the end of a run."""

    state: str
    failure: str | None
    copies: int  # of the reply in the customer's mailbox
    messages: int  # of the reply in its ticket
    recorded: Counter[str]
    left: int  # events of replies that nobody has consumed
    sealed: bool
    conversation: int


@dataclass(slots=True)
class Sending(Rig):
    """A rig whose event is a reply that an agent queues; `prepare` plants what Gmail does to it."""

    prepare: Callable[[DeskUnderTest], object] = lambda _: None
    agent: DeskBrowser = field(init=False)
    ticket: dict[str, Any] = field(init=False)
    reply: dict[str, Any] = field(init=False)

    def send(self) -> None:
        """Queue a reply, of which Gmail has not told anything yet."""
        desk = self.desk
        head = desk.app().gmail(lambda _: desk.app().mailboxes._access_token(self._id, False))
        cursor = {"cursor": head.profile().history_id}
        desk.app().store.transact(lambda tx: tx.update(SYNC, self._id, cursor))
        desk.sandbox.clear_faults()
        self.prepare(desk)
        reply = draft(self.agent, self.ticket)
        self.reply = queue(self.agent, reply, self.ticket["conversation"])["reply"]

    def end(self, rule: Rule) -> End:
        """Begin at the same moment under a rule; return what there is when all is quiet."""
        desk = self.desk
        self.run(rule)
        desk.sandbox.clear_faults()
        for _ in range(2):
            desk.queue.publish("tick-poll", {})
            self.until_quiet()
            desk.clock.advance(_SWEPT_SECONDS)  # type: ignore[attr-defined]
            desk.queue.publish("tick-deadlines", {})
            self.until_quiet()
        return self._end()

    def _end(self) -> End:
        desk, reply_id = self.desk, self.reply["id"]
        reply = desk.documents("replies")[reply_id]
        mark = f"X-CMO-Send-Id: {reply_id[2:].lower()}-".encode()
        sent = [one for one in desk.sandbox.sends(SUPPORT) if mark in one["submitted"]]
        return End(
            state=reply["state"],
            failure=reply["failure"],
            copies=sum(NORAS in one["recipients"] for one in sent),
            messages=sum(
                m.get("reply_id") == reply_id for m in desk.documents("messages").values()
            ),
            recorded=Counter(
                entry["action"]
                for entry in desk.audit()
                if entry["action"] in ("reply.sent", "reply.needs_review", "reply.failed")
            ),
            left=sum(row["topic"] == "reply-queued" for row in desk.documents("outbox").values()),
            sealed=reply["sealed"] is not None,
            conversation=desk.documents("tickets")[self.ticket["id"]]["conversation"],
        )

    @property
    def _id(self) -> str:
        return self.desk.mailboxes[SUPPORT]


SENT: Final = End("sent", None, 1, 1, Counter({"reply.sent": 1}), 0, sealed=False, conversation=2)
ASKED: Final = End(
    "needs_review",
    "not_found",
    0,
    0,
    Counter({"reply.needs_review": 1}),
    0,
    sealed=True,
    conversation=2,
)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Sending]:
    """Give a desk at the moment before an agent replies."""
    with desk_in(tmp_path / "home") as desk:
        ticket = asked(desk)
        agent = desk.browser("agent")
        desk.settle()
        desk.sandbox.set_push(drop=100_000)
        rig = Sending(desk, "send_reply", lambda: None)
        rig.begin, rig.agent, rig.ticket = rig.send, agent, ticket
        yield rig


def test_scenario_10_every_fault_of_sending(rig: Sending) -> None:
    """Sent once; where the instance died or got no answer, and Gmail does not have it, somebody is asked."""
    calls = _undisturbed(rig)
    send = calls.index("gmail send") + 1
    taken = calls.index("gmail headers") + 1  # what comes between is the access token
    claim = max(n for n, name in enumerate(calls[:send], 1) if name == "store transact")

    for at, name in enumerate(calls, 1):
        for when, how in WAYS:
            end = rig.end(Rule("send_reply", at, when, how))
            place = f"{how} {when} call {at}, {name}"
            never_left = at < taken and (at, when) != (send, "after")
            claimed = at > claim or (at == claim and when == "after")
            doubtful = never_left and claimed and (how == "crash" or at in (claim, send))
            assert end == (ASKED if doubtful else SENT), place


@pytest.mark.parametrize("kind", ["close", "truncate"])
def test_scenario_10_every_fault_of_looking_for_it(rig: Sending, kind: str) -> None:
    """Gmail took the mail and did not say so; whatever is struck while it is looked for, it is found."""
    rig.prepare = lambda desk: desk.sandbox.plant("messages.send", kind, when="after")
    calls = _undisturbed(rig)
    told = calls.index("store transact", calls.index("gmail send"))  # that the outcome is unknown
    assert "gmail thread_headers" in calls[told:]

    for at, name in enumerate(calls[told:], told + 1):
        for when, how in WAYS:
            end = rig.end(Rule("send_reply", at, when, how))
            assert end == SENT, f"{how} {when} call {at}, {name}"


def test_scenario_10_every_fault_of_finding_nothing(rig: Sending) -> None:
    """Gmail took nothing and did not say so; whatever is struck, it is not sent again: somebody is asked."""
    rig.prepare = lambda desk: desk.sandbox.plant("messages.send", "close")
    rule = Rule("send_reply")
    assert rig.end(rule) == ASKED
    calls = rule.calls
    told = calls.index("store transact", calls.index("gmail send"))

    for at, name in enumerate(calls[told:], told + 1):
        for when, how in WAYS:
            end = rig.end(Rule("send_reply", at, when, how))
            assert end == ASKED, f"{how} {when} call {at}, {name}"


def test_scenario_09_every_fault_of_its_coming_back(rig: Sending) -> None:
    """Whatever is struck while the sent mail is recorded, it is one message of its ticket."""
    rig.function = "create_ticket"
    rule = Rule("create_ticket")
    assert rig.end(rule) == SENT

    for at, name in enumerate(rule.calls, 1):
        for when, how in WAYS:
            end = rig.end(Rule("create_ticket", at, when, how))
            assert end == SENT, f"{how} {when} call {at}, {name}"


def test_scenario_10_every_fault_of_sending_by_smtp(rig: Sending) -> None:
    """Handed to the server once at most; where nobody knows whether it took it, somebody is asked."""
    server = SmtpServer("smtp.example.com", 465, "tls", SUPPORT)
    mailbox_id = rig.ticket["mailbox_id"]
    _send_by(rig.desk, mailbox_id, server)
    rig.before = moment(rig.desk)
    rule = Rule("send_reply")
    by_smtp = replace(SENT, copies=0)
    assert rig.end(rule) == by_smtp
    calls = rule.calls
    submit = calls.index("smtp submit") + 1
    claim = max(n for n, name in enumerate(calls[:submit], 1) if name == "store transact")

    for at, name in enumerate(calls, 1):
        for when, how in WAYS:
            handed = _submitted(rig)
            end = rig.end(Rule("send_reply", at, when, how))
            place = f"{how} {when} call {at}, {name}"
            assert _submitted(rig) - handed <= 1, place
            claimed = at > claim or (at == claim and when == "after")
            if not claimed:
                assert end == by_smtp, place
            else:
                # Once it is recorded as a message of the ticket, it is known to be sent.
                assert end in (by_smtp, ASKED), place
                assert (end == ASKED) or _submitted(rig) - handed == 1, place


def test_a_sender_that_tries_again_without_an_answer_is_caught(rig: Sending) -> None:
    """The table sees a second mail: a bug that other products had, planted here."""

    class Repeating:
        def __init__(self, inner: Gmail) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def send(self, raw: bytes, thread_id: str | None) -> Sent:
            try:
                return self._inner.send(raw, thread_id)
            except Down:
                return self._inner.send(raw, thread_id)

    def repeating(app: App) -> App:
        given = app.gmail
        vars(app)["gmail"] = lambda token: Repeating(given(token))
        return app

    rig.seams = repeating
    calls = _undisturbed(rig)

    end = rig.end(Rule("send_reply", calls.index("gmail send") + 1, "after", "error"))

    assert end.copies == 2


def _send_by(desk: DeskUnderTest, mailbox_id: str, server: SmtpServer) -> None:
    app = desk.app()
    sealed = app.envelope.seal(
        mailbox_id, f"mailbox_settings/{mailbox_id}/sealed", {"smtp": asdict(server)}
    )
    settings = codec.to_document(MailboxSettings(sealed=sealed, version=1))
    app.store.transact(lambda tx: tx.put("mailbox_settings", mailbox_id, settings))


def _submitted(rig: Sending) -> int:
    """Return how many mails the server has taken in all."""
    return sum(1 for _ in rig.desk.desk.home.rglob("submitted/*.eml"))


def _undisturbed(rig: Sending) -> list[str]:
    rule = Rule("send_reply")
    assert rig.end(rule) == SENT
    return rule.calls
