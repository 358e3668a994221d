"""A restore from end to end: an old backup of the desk's database, keyring and audit log as they are now."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.audit.entry import Who
from shared.domain.erasures import ErasureKind
from shared.errors import Conflict, NotFound
from shared.services.disconnecting import destroying
from shared.services.privacy import erasing
from shared.services.restoring import after_restore
from tests.canaries import opened
from tests.desk import BILLING, SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Crash, Rule, faulty
from tests.replying import passes
from tests.restoring import RESTORED, backup, operated, restore
from tests.rewinding import dump, moment, new_instances, take_back


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with two mailboxes, one of which gets mail."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.connect(BILLING, "agent")
        desk.deliver(mail("Before the backup", message_id="<1@example.net>"))
        desk.deliver(mail("A bill", to=BILLING, message_id="<2@example.net>"), to=BILLING)
        yield desk


def by(desk: DeskUnderTest, role: str) -> tuple[str, dict[str, Any]]:
    """Return a demo person's id and document."""
    for id, user in desk.documents("users").items():
        address = desk.app().envelope.open(id, f"users/{id}/sealed", user["sealed"])["address"]
        if address == desk.people[role][0]:
            return id, dict(user)
    raise AssertionError(role)


def change(desk: DeskUnderTest, role: str, path: str, body: object) -> None:
    """Let the administrator change a person."""
    id, user = by(desk, role)
    answer = desk.browser("administrator").send(
        "PATCH", f"/api/admin/people/{id}{path}", body, if_match=f'"{user["version"]}"'
    )
    assert answer.status_code == 200, answer.data
    desk.settle()


def test_a_restored_desk_keeps_every_promise(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was taken away since stays away, nothing is sent by itself, and no mail is lost."""
    agent, viewer = desk.browser("agent"), desk.browser("viewer")
    billing = desk.mailboxes[BILLING]
    kept = backup(desk)
    sealed = desk.documents("mailboxes")[billing]["sealed"]

    change(desk, "viewer", "", {"disabled": True})
    change(desk, "agent", "/mailboxes", {"mailbox_ids": []})
    change(desk, "supervisor", "/role", {"role": "viewer"})
    destroying.destroy(desk.app(), billing, Who("operator", "olga"))
    [customer] = [
        ticket["customer_id"]
        for ticket in desk.tickets()
        if ticket["subject"] == "Before the backup"
    ]
    desk.deliver(mail("Between backup and erasure", message_id="<between@example.net>"))
    erasing.request(desk.app(), ErasureKind.CUSTOMER, customer, "olga")
    desk.settle()
    other = "Eve Oak <eve@customers.example.org>"
    desk.deliver(mail("After the backup", sender=other, message_id="<3@example.net>"))
    restore(desk, kept)
    assert agent.get("/api/tickets/").status_code == 503

    assert operated(desk) == 0
    new_instances(desk, moment(desk))
    assert "epoch 1" in capsys.readouterr().out
    desk.settle()
    desk.clock.advance(3_700)  # type: ignore[attr-defined]  # Gmail has been listed again by then
    desk.settle()

    assert agent.get("/api/tickets/").status_code == 401
    assert viewer.get("/api/tickets/").status_code == 401
    assert by(desk, "viewer")[1]["disabled"] is True
    assert by(desk, "agent")[1]["mailbox_ids"] == []
    assert by(desk, "supervisor")[1]["role"] == "viewer"
    assert desk.documents("mailboxes")[billing]["state"] == "disconnected"
    with pytest.raises(NotFound):
        desk.app().envelope.open(billing, f"mailboxes/{billing}", sealed)
    assert customer not in desk.documents("keys", "keyring")
    assert desk.documents("customers")[customer]["sealed"] is None
    states = [
        message["state"]
        for message in desk.documents("messages").values()
        if message["mailbox_id"] == desk.mailboxes[SUPPORT]
    ]
    # Theirs, that of before the backup and that which came again; and what another wrote since.
    assert sorted(states) == ["erased", "erased", "stored"]
    assert "store.restored" in [entry["action"] for entry in desk.audit()]


def test_who_was_erased_stays_so_and_what_came_later_stays(desk: DeskUnderTest) -> None:
    """A customer and one of the staff are erased after the backup; the customer and another write again."""
    nora, omar = "Nora Lind <nora@customers.example.net>", "Omar <omar@others.example.org>"
    named = mail("Of Omar", sender=omar, cc=nora, message_id="<o1@example.net>")
    desk.deliver(named)
    passes(desk, 60)
    kept = backup(desk)
    [customer] = {
        ticket["customer_id"]
        for ticket in desk.tickets()
        if ticket["subject"] == "Before the backup"
    }
    gone, _ = by(desk, "viewer")
    administrator = desk.browser("administrator")
    desk.deliver(mail("Between", sender=nora, message_id="<between@example.net>"))
    passes(desk, 60)
    for path in (f"people/{gone}", f"customers/{customer}"):
        answer = administrator.send("POST", f"/api/admin/privacy/{path}/erase")
        assert answer.status_code == 202, answer.data
    passes(desk, 1)
    passes(desk, 60)
    assert gone not in desk.documents("users")
    desk.deliver(mail("A new matter", sender=nora, message_id="<4@example.net>"))
    answered = mail("Re: Of Omar", sender=omar, in_reply_to="<o1@example.net>")
    desk.deliver(answered)
    passes(desk, 60)

    restore(desk, kept)
    assert operated(desk) == 0
    new_instances(desk, moment(desk))
    passes(desk, 60)
    passes(desk, 3_700)  # Gmail has been listed again by then

    assert gone not in desk.documents("users")
    assert {gone, customer} & desk.documents("keys", "keyring").keys() == set()
    email, password = desk.people["viewer"]
    signing_in = {"email": email, "password": password}
    assert desk.browser().send("POST", "/api/session/", signing_in).status_code == 401
    tickets = {ticket["subject"]: ticket for ticket in desk.tickets()}
    assert tickets.keys() == {
        "",
        "Of Omar",
        "A new matter",
    }  # and nothing of "Before" and "Between"
    assert tickets["Of Omar"]["message_count"] == 2
    matter = tickets["A new matter"]
    assert matter["customer"]["address"] == "nora@customers.example.net"
    assert matter["customer_id"] not in (customer, None)
    shown = desk.browser("supervisor").get(f"/api/tickets/customers/{matter['customer_id']}")
    assert shown.json["customer"]["name"] == "Nora Lind"
    of_others = [text for where, text in opened(desk) if matter["id"] not in where]
    named = [text for text in of_others if "nora@" in text and "A new matter" not in text]
    assert [text for text in named if "Of Omar" in text or "Before" in text] == []


def test_a_desk_that_serves_is_left_alone(desk: DeskUnderTest) -> None:
    """Without --force nothing is touched; with it, it is made good like a restored one."""
    agent = desk.browser("agent")
    before = backup(desk)

    with pytest.raises(Conflict, match=r"^store\.serves$"):
        after_restore.make_good(desk.app(), "olga", desk.clock.now(), lambda *_: None)
    assert operated(desk) == 1
    assert backup(desk) == before

    assert operated(desk, "--force") == 0
    assert agent.get("/api/tickets/").status_code == 401
    desk.settle()


def test_a_backup_of_a_restored_desk_is_not_ready_either(desk: DeskUnderTest) -> None:
    """The second restore of a deployment is made good under its own name and epoch."""
    restore(desk, backup(desk))
    assert operated(desk) == 0
    desk.desk.settings = dataclasses.replace(desk.desk.settings, database="restored-2")
    new_instances(desk, moment(desk))
    assert desk.tick("apply_deadlines").status_code == 503

    assert operated(desk) == 0

    new_instances(desk, moment(desk))
    assert desk.tick("apply_deadlines").status_code == 204
    assert desk.documents("serving")["database"]["epoch"] == 2
    desk.settle()


def test_whatever_call_fails_running_it_again_ends_the_same(desk: DeskUnderTest) -> None:
    """Each call of a seam is struck, before and after it took effect; the desk stays closed until the end."""
    change(desk, "viewer", "", {"disabled": True})
    kept = backup(desk)
    destroying.destroy(desk.app(), desk.mailboxes[BILLING], Who("operator", "olga"))
    desk.settle()
    restore(desk, kept)
    start = moment(desk)

    def run(rule: Rule) -> None:
        app = faulty(desk.app(), rule)
        when = desk.clock.now() - timedelta(minutes=1)
        for _ in range(2):
            try:
                after_restore.make_good(app, "olga", when, lambda *_: None)
            except (Crash, Exception) as error:  # noqa: BLE001 - an operator sees any, and runs it again
                if isinstance(error, Conflict):  # it was done: the last answer was lost
                    return
                if after_restore.readiness.serving(desk.app().store).database != RESTORED:
                    assert desk.tick("apply_deadlines").status_code == 503
            else:
                return

    def until_quiet() -> None:
        desk.settle()
        desk.clock.advance(61)  # type: ignore[attr-defined]
        # What an operator left in the outbox is swept.
        assert desk.tick("apply_deadlines").status_code == 204
        desk.settle()

    undisturbed = Rule("operator")
    run(undisturbed)
    new_instances(desk, start)
    until_quiet()
    expected = dump(desk)
    assert len(undisturbed.calls) > 10

    for at, name in enumerate(undisturbed.calls, 1):
        for when, how in WAYS:
            take_back(desk, start)
            rule = Rule("operator", at, when, how)
            run(rule)
            new_instances(desk, start)
            until_quiet()
            found = dump(desk)
            assert found == expected, f"{how} {when} call {at}, {name}"
