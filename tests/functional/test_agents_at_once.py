"""Agents and customers at the same moment, through the front door: nothing lost, and both are told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.replying import NORA, act, asked, draft, opened, passes, received

ROUNDS = 3
FIRST, OTHER = "<q@x.example.net>", "<other@x.example.net>"


@pytest.fixture
def pair(desk: DeskUnderTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let a customer ask twice; give both tickets."""
    first = asked(desk)
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Scanner", sender=NORA, message_id=OTHER))
    return first, desk.tickets()[0]


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment; return their answers."""
    barrier = Barrier(len(work))

    def one(each: Callable[[], Any]) -> Any:
        barrier.wait()
        return each()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def merge(desk: DeskUnderTest, target: dict[str, Any], source: dict[str, Any]) -> Callable[[], Any]:
    """Prepare to merge a ticket into another."""
    supervisor = desk.browser("supervisor")
    body = {"source_id": source["id"], "source_version": source["version"]}
    path, version = f"/api/tickets/{target['id']}/merge", f'"{target["version"]}"'
    return lambda: supervisor.send("POST", path, body, if_match=version)


def unrecorded(desk: DeskUnderTest, subject: str, **headers: str) -> dict[str, str]:
    """Let a mail arrive at Gmail, untold; return the event that asks for it."""
    desk.sandbox.set_push(drop=1_000)
    raw = mail(subject, sender=NORA, **headers)
    gmail_id = desk.sandbox.deliver(SUPPORT, raw)["id"]
    return {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_mail_that_comes_while_its_ticket_is_merged(
    desk: DeskUnderTest, pair: Any, _round: int
) -> None:
    """It stands in the ticket that is left, whichever came first; who merges is told of new mail."""
    printer, scanner = pair
    event = unrecorded(desk, "Re: Scanner", references=OTHER)

    merged, recorded = at_once(
        merge(desk, printer, scanner), lambda: desk.push("create_ticket", event)
    )
    desk.settle()

    assert recorded.status_code in (204, 409)
    desk.push("create_ticket", event)
    assert merged.status_code == 200 or merged.json["code"] == "ticket.changed_meanwhile"
    left = opened(desk, printer if merged.status_code == 200 else scanner)
    assert "Re: Scanner" in [message["subject"] for message in left["messages"]]
    assert left["ticket"]["message_count"] == (3 if merged.status_code == 200 else 2)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_an_answer_while_its_ticket_is_merged(desk: DeskUnderTest, pair: Any, _round: int) -> None:
    """Either the author is told at once, or the reply is held with a notice; never sent unseen."""
    printer, scanner = pair
    agent = desk.browser("agent")
    reply = draft(agent, scanner)

    merged, queued = at_once(
        merge(desk, printer, scanner),
        lambda: act(agent, reply, "queue", {"conversation": scanner["conversation"]}),
    )
    passes(desk)

    codes = {a.json.get("code") for a in (merged, queued) if a.status_code != 200}
    assert codes <= {"ticket.changed_meanwhile", "ticket.merged", "store.contended"}
    assert 200 in (merged.status_code, queued.status_code)
    sent = len(received(desk))
    if merged.status_code == 200 and queued.status_code == 200:
        shown = agent.get(f"/api/tickets/{printer['id']}/replies").json["items"]
        assert [(r["id"], r["state"]) for r in shown] == [(reply["id"], "needs_review")]
        assert sent == 0
    else:
        assert sent == (queued.status_code == 200)


def test_a_reply_on_its_way_is_held_when_its_ticket_is_merged(
    desk: DeskUnderTest, pair: Any
) -> None:
    """Its author did not see the other conversation: it is shown there, and waits for a person."""
    printer, scanner = pair
    agent = desk.browser("agent")
    reply = draft(agent, scanner)
    queued = act(agent, reply, "queue", {"conversation": scanner["conversation"]}).json
    merged = merge(desk, printer, queued["ticket"])()
    assert merged.status_code == 200

    passes(desk)

    [held] = agent.get(f"/api/tickets/{printer['id']}/replies").json["items"]
    assert (held["id"], held["state"]) == (reply["id"], "needs_review")
    assert received(desk) == []


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_mail_that_comes_while_its_ticket_is_split(
    desk: DeskUnderTest, pair: Any, _round: int
) -> None:
    """It is counted in one of the two, once, and who splits is told where mail was faster."""
    printer, _ = pair
    desk.deliver(mail("Re: Printer", sender=NORA, references=FIRST, message_id="<2@x.example.net>"))
    view = opened(desk, printer)
    event = unrecorded(desk, "Re: more", references=f"{FIRST} <2@x.example.net>")
    agent = desk.browser("agent")
    path = f"/api/tickets/{printer['id']}/split"
    body = {"message_ids": [view["messages"][-1]["id"]]}

    split, recorded = at_once(
        lambda: agent.send("POST", path, body, if_match=f'"{view["ticket"]["version"]}"'),
        lambda: desk.push("create_ticket", event),
    )
    desk.settle()

    assert recorded.status_code in (204, 409)
    desk.push("create_ticket", event)
    assert split.status_code == 201 or split.json["code"] in (
        "ticket.changed_meanwhile",
        "store.contended",
    )
    counts = sum(ticket["message_count"] for ticket in desk.tickets())
    assert counts == 4
    assert len(desk.tickets()) == (3 if split.status_code == 201 else 2)
