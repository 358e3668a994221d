"""Acceptance scenarios of watches and of the first import: what comes in without a push."""

from __future__ import annotations

import pytest

from tests.desk import SALES, SUPPORT, URL, DeskUnderTest
from tests.path.steps import all_are_in, numbered, poll, run_out, untold
from tests.rewinding import moment, new_instances


def test_scenario_14_a_watch_lapses(desk: DeskUnderTest) -> None:
    """Without pushes the poll brings the mail in; health says so, and the renewal ends it."""
    mailbox_id = desk.connect()
    desk.settle()
    desk.sandbox.expire_watch(SUPPORT)
    desk.sandbox.plant("watch", "status", status=503)
    desk.clock.advance(6 * 86_400)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(6 * 86_400)
    desk.sandbox.deliver(SUPPORT, numbered(0))

    desk.tick("renew_watches")
    poll(desk)

    all_are_in(desk, 1)
    assert _problems(desk, mailbox_id) == ["mailbox.watch_expires_soon"]
    desk.tick("renew_watches")
    assert _problems(desk, mailbox_id) == []


def test_scenario_14_pushes_that_keep_silent_are_noticed(desk: DeskUnderTest) -> None:
    """Where polls find mail of which no push told, health says so, until pushes come again."""
    mailbox_id = desk.connect()
    desk.settle()
    desk.sandbox.set_push(drop=1.0)
    desk.sandbox.deliver(SUPPORT, numbered(0))
    poll(desk)

    just_found = _problems(desk, mailbox_id)
    desk.clock.advance(601)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(601)

    assert just_found == []
    assert _problems(desk, mailbox_id) == ["mailbox.push_silent"]
    desk.sandbox.set_push(drop=0)
    desk.deliver(numbered(1))
    assert _problems(desk, mailbox_id) == []
    all_are_in(desk, 2)


def test_scenario_14_one_failing_watch_does_not_stop_the_others(desk: DeskUnderTest) -> None:
    """A mailbox whose renewal fails leaves the others' renewed; another client's watch is replaced."""
    desk.connect(SUPPORT)
    other = desk.connect(SALES)
    before = desk.documents("mailboxes")[other]["watch_expires_at"]
    desk.sandbox.advance_clock(86_400)
    desk.sandbox.revoke_grant(SUPPORT)
    desk.sandbox.second_watch_client(SALES)

    desk.tick("renew_watches")

    assert desk.documents("mailboxes")[other]["watch_expires_at"] > before
    assert desk.sandbox.calls(SALES)["stop"] == 1


def test_scenario_14_a_mailbox_without_its_key_stops_no_other(desk: DeskUnderTest) -> None:
    """What cannot be opened is passed over by poll and renewal; every other mailbox has its turn."""
    for address in (SUPPORT, SALES):
        desk.connect(address)
    untold(desk)
    broken, other = sorted((SUPPORT, SALES), key=lambda address: desk.mailboxes[address])
    desk.sandbox.deliver(other, numbered(0))
    desk.files["keyring"].transact(lambda tx: tx.delete("keys", desk.mailboxes[broken]))
    new_instances(desk, moment(desk))
    desk.sandbox.reset_calls()

    answers = [desk.tick(name).status_code for name in ("renew_watches", "poll_mailboxes")]
    run_out(desk)

    assert answers == [204, 204]
    assert desk.sandbox.calls(other)["watch"] == 1
    assert len(desk.documents("messages")) == 1


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (2, 20), (None, 30)])
def test_first_connection_imports_as_much_as_is_asked(
    desk: DeskUnderTest, days: int | None, expected: int
) -> None:
    """None, some days or everything of the mail before comes in, under its own dates."""
    desk.sandbox.add_account(SUPPORT, "Support", hd="example.com")
    now = round(1000 * desk.clock.now().timestamp())
    for number in range(30):
        age = 3_600_000 if number < 20 else 30 * 86_400_000
        desk.sandbox.deliver(SUPPORT, numbered(number), internal_date=now - age - number)
    browser = desk.browser("administrator")
    asked = {"intent": "add", "import_days": days}
    url = browser.send("POST", "/api/oauth/start", asked).json["url"]
    back = desk.sandbox.approve(url, SUPPORT)

    browser.send("GET", back.removeprefix(URL), sec_fetch_site="cross-site")
    run_out(desk)
    desk.sandbox.deliver(SUPPORT, numbered(99))
    run_out(desk)

    stored = desk.documents("messages").values()
    assert len(stored) == expected + 1
    old = [m for m in stored if m["received_at"].timestamp() * 1000 < now]
    assert len(old) == expected
    assert all(
        t["first_message_at"] <= desk.clock.now() for t in desk.documents("tickets").values()
    )


def _problems(desk: DeskUnderTest, mailbox_id: str) -> list[str]:
    answer = desk.browser("administrator").get(f"/api/admin/mailboxes/{mailbox_id}")
    problems: list[str] = answer.json["health"]["problems"]
    return problems
