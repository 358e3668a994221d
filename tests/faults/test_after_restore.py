"""Whichever moment a backup is of: what was restored does nothing again that a customer would see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.domain.erasures import COLLECTION as ERASURES
from shared.domain.erasures import ErasureKind, erasure_id
from shared.services.privacy import erasing
from shared.settings import Settings
from shared.store.contract import Document
from tests.canaries import opened
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.replying import NORAS, passes, replied
from tests.restoring import backup, operated, restore
from tests.rewinding import Moment, moment, new_instances, take_back
from tests.stranger import Asked, Stranger, stranger

OMARS = "omar@customers.example.net"


@pytest.fixture
def receiver() -> Iterator[Stranger]:
    """Run a receiver of webhooks."""
    with stranger() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, receiver: Stranger) -> Iterator[DeskUnderTest]:
    """Give a desk that does by itself all that it can: acknowledges, follows a rule, tells a webhook."""
    with desk_in(tmp_path / "home") as desk:
        own = desk.connect()
        administrator, supervisor = desk.browser("administrator"), desk.browser("supervisor")
        hook = {"name": "Stock", "url": f"{receiver.url}/hook", "actions": ["ticket.created"]}
        rule = {
            "name": "Everything",
            "when": ["ticket_created"],
            "conditions": [],
            "actions": {"add_tags": ["by rule"], "note": "A rule was here."},
        }
        receiver.answers["/hook"] = challenged
        mailbox = f"/api/admin/mailboxes/{own}"
        made = administrator.send("POST", "/api/admin/webhooks", hook)
        answers = [
            made,
            administrator.send("POST", f"/api/admin/webhooks/{made.json['webhook']['id']}/verify"),
            administrator.send(
                "PATCH", f"{mailbox}/settings", {"acknowledge": True}, if_match='"0"'
            ),
            supervisor.send("POST", f"{mailbox}/rules", rule),
        ]
        assert [answer.status_code for answer in answers] == [201, 200, 200, 201]
        passes(desk, 31)  # instances remember all of this for 30 s
        receiver.asked.clear()
        yield desk


def challenged(asked: Asked) -> tuple[int, dict[str, str], bytes]:
    """Answer with the challenge, where one is asked for."""
    challenge = json.loads(asked.body)["data"].get("challenge")
    return 200, {}, json.dumps({"challenge": challenge}).encode()


def at_every_moment(desk: DeskUnderTest, happens: Callable[[], object]) -> list[list[Document]]:
    """Let something happen, and return a backup of before and after each delivery of an event."""
    backups = [backup(desk)]

    def keep() -> None:
        if (now := backup(desk)) != backups[-1]:
            backups.append(now)

    def post(url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /) -> int:
        keep()
        status = desk._post(url, headers, body, timeout_seconds)
        keep()
        return status

    retry = Retry(0.01, 1.0, 100)
    desk.courier = Courier(desk.queue, post, desk.desk.signer, desk.clock, retry)
    happens()
    return backups


def restored(desk: DeskUnderTest, now: Moment, plain: Settings, documents: list[Document]) -> None:
    """Restore one of the backups at this moment, make it good, and let everything follow."""
    desk.desk.settings = plain
    take_back(desk, now, sealing=False)
    restore(desk, documents)
    assert operated(desk) == 0
    new_instances(desk, moment(desk))
    desk.settle()
    passes(desk, 61)
    assert desk.tick("apply_deadlines").status_code == 204  # sweeps what the backup's outbox held
    passes(desk, 600)


def arrives(desk: DeskUnderTest, raw: bytes) -> None:
    """Let a mail arrive, and what follows happen later than that: Gmail's time stands still by itself."""
    desk.sandbox.deliver(SUPPORT, raw)
    passes(desk, 1)
    passes(desk, 60)


def acknowledged(desk: DeskUnderTest) -> list[str]:
    """Return whom the mailbox wrote to."""
    return [one for sent in desk.sandbox.sends(SUPPORT) for one in sent["recipients"]]


def test_nobody_is_acknowledged_twice(desk: DeskUnderTest, receiver: Stranger) -> None:
    """No mail is lost either, the ticket has its code, and a program hears of that ticket alone."""
    backups = at_every_moment(desk, lambda: arrives(desk, mail(message_id="<1@x.example.net>")))
    assert acknowledged(desk) == [NORAS]
    assert len(backups) > 10

    for number in each_restored(desk, receiver, backups):
        assert acknowledged(desk) == [NORAS], f"backup {number} of {len(backups)}"


def test_no_reply_is_sent_twice(desk: DeskUnderTest, receiver: Stranger) -> None:
    """What was on its way when the backup was made is in Gmail, and known to be sent."""
    arrives(desk, mail(message_id="<1@x.example.net>"))
    [ticket] = desk.tickets()
    backups = at_every_moment(desk, lambda: (replied(desk, ticket), passes(desk, 60)))
    assert acknowledged(desk) == [NORAS, NORAS]
    assert len(backups) > 5

    for number in each_restored(desk, receiver, backups):
        assert acknowledged(desk) == [NORAS, NORAS], f"backup {number} of {len(backups)}"
        waiting = {reply["state"] for reply in desk.documents("replies").values()}
        assert waiting <= {"sent", "draft"}, f"backup {number} of {len(backups)}"


def each_restored(
    desk: DeskUnderTest, receiver: Stranger, backups: list[list[Document]]
) -> Iterator[int]:
    """Restore one backup after the other, and check that nothing is missing and no ticket is another."""
    before, now, plain = as_it_is(desk), moment(desk), desk.desk.settings
    for number, documents in enumerate(backups):
        receiver.asked.clear()
        restored(desk, now, plain, documents)
        assert as_it_is(desk) == before, f"backup {number} of {len(backups)}"
        told = {json.loads(asked.body)["data"]["target"]["id"] for asked in receiver.asked}
        assert told <= before.keys()
        yield number


def as_it_is(desk: DeskUnderTest) -> dict[str, dict[str, Any]]:
    """Return of each ticket what a customer notices; what was changed at the desk since is lost."""
    same = ("code", "first_reply_at", "customer_message_at", "message_count")
    stored = desk.documents("tickets")
    return {id: {name: ticket[name] for name in same} for id, ticket in stored.items()}


def test_who_writes_after_a_restore_is_acknowledged(desk: DeskUnderTest) -> None:
    """The desk goes on as before."""
    restore(desk, backup(desk))
    assert operated(desk) == 0
    new_instances(desk, moment(desk))
    passes(desk, 61)

    arrives(desk, mail(sender=f"Omar <{OMARS}>", message_id="<2@x.example.net>"))

    assert acknowledged(desk) == [OMARS]


def test_an_erasure_that_was_under_way_is_finished(desk: DeskUnderTest, receiver: Stranger) -> None:
    """Whichever step the backup is of, and with mail of theirs that only Gmail had; and others stay."""
    del receiver
    words = ("zqmine", "zqunnoticed", "zqnora", NORAS)
    arrives(desk, mail("zqmine", sender=f"zqnora <{NORAS}>", message_id="<1@x.example.net>"))
    cc = f"zqnora <{NORAS}>"
    others = mail("Of Omar", sender=f"Omar <{OMARS}>", message_id="<2@x.example.net>", cc=cc)
    arrives(desk, others)
    [nora] = [t["customer_id"] for t in desk.tickets() if t["subject"] == "zqmine"]
    desk.sandbox.set_push(drop=100_000)
    unnoticed = mail("zqunnoticed", sender=f"zqnora <{NORAS}>", message_id="<3@x.example.net>")
    desk.sandbox.deliver(SUPPORT, unnoticed)

    def erased() -> None:
        erasing.request(desk.app(), ErasureKind.CUSTOMER, nora, "act_somebody")
        passes(desk, 1)

    backups = at_every_moment(desk, erased)
    now, plain = moment(desk), desk.desk.settings
    id = erasure_id(ErasureKind.CUSTOMER, nora)
    assert desk.documents(ERASURES)[id]["state"] == "done"
    assert len(backups) > 20

    for number, documents in enumerate(backups):
        if not under_way(documents):
            continue
        restored(desk, now, plain, documents)
        passes(desk, 3_700)
        [erasure] = desk.documents(ERASURES).values()
        assert (erasure["state"], bool(erasure["receipt"])) == ("done", True), number
        left = {where for where, text in opened(desk) if any(word in text for word in words)}
        assert left == set(), f"backup {number} of {len(backups)}"
        assert nora not in desk.documents("keys", "keyring")
        assert "Of Omar" in {ticket["subject"] for ticket in desk.tickets()}


def under_way(documents: list[Document]) -> bool:
    """Say whether an erasure is not over in a backup; of who was erased nothing tells whose a mail is."""
    return any(one.collection == ERASURES and one.data["state"] != "done" for one in documents)
