"""What an operator does about deliveries that were given up: look, and deliver them again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import ids
from shared.app import App
from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.domain.events import GMAIL_PUSH, MESSAGE_RECEIVED
from shared.services.organisation import dead_letters
from tests.desk import DeskUnderTest
from tools import operate

MESSAGES = "create-ticket.message-received"
PUSHES = "gmail-push.gmail-push"


@pytest.fixture
def given_up(desk: DeskUnderTest) -> Iterator[DeskUnderTest]:
    """Give up five deliveries of one subscription, then one of another."""
    unknown = ids.random_id(ids.MAILBOX)
    for number in range(5):
        desk.queue.publish(MESSAGE_RECEIVED, {"mailbox_id": unknown, "gmail_id": str(number)})
    desk.queue.publish(GMAIL_PUSH, {"mailbox_id": unknown})
    refusing = Courier(
        desk.queue, lambda *_: 500, desk.desk.signer, desk.clock, Retry(0.01, 1.0, attempts=1)
    )
    refusing.deliver_due()
    yield desk
    for letter in desk.queue.dead_letters():
        desk.queue.replay(letter.id)
    desk.settle()


def test_many_of_one_subscription_do_not_hide_those_of_another(given_up: DeskUnderTest) -> None:
    """Asked for one subscription, the limit counts that one's dead letters only."""
    found = dead_letters.list_dead_letters(_operator(given_up), PUSHES, 2)

    assert [letter.subscription for letter in found] == [PUSHES]
    assert dead_letters.list_dead_letters(_operator(given_up), "no-such-subscription", 2) == []


def test_the_list_holds_no_content(
    given_up: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a dead letter: its id, subscription, time and attempts."""
    status = operate.main(["dead-letters", "--subscription", MESSAGES], _operator(given_up))

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert len(lines) == 5
    assert all(MESSAGES in line and line.endswith("1 attempts") for line in lines)


def test_a_replay_is_bounded_and_recorded(
    given_up: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many as are asked for are delivered again, and the log says who asked, for what, how many."""
    command = ["replay", MESSAGES, "--limit", "3", "--operator", "olga"]

    status = operate.main(command, _operator(given_up))
    given_up.settle()

    assert status == 0
    assert capsys.readouterr().out == "3 delivered again, 2 left\n"
    left = [letter.subscription for letter in given_up.queue.dead_letters()]
    assert sorted(left) == [MESSAGES, MESSAGES, PUSHES]
    [entry] = [e for e in given_up.audit() if e["action"] == "dead_letters.replayed"]
    assert entry["actor"]["pseudonym"] == "olga"
    assert entry["target"]["id"] == MESSAGES
    assert entry["changes"] == [{"field": "count", "before": None, "after": 3}]


def test_an_administrator_sees_them_and_has_them_made_again(given_up: DeskUnderTest) -> None:
    """Which function, since when, after how many attempts, and nothing of the event; then they are gone."""
    administrator = given_up.browser("administrator")
    page = administrator.get("/api/dead_letters/?limit=5").json
    assert (len(page["items"]), page["more"]) == (5, True)
    found = administrator.get(f"/api/dead_letters/?subscription={MESSAGES}").json["items"]
    assert {one["subscription"] for one in found} == {MESSAGES}
    assert set(found[0]) == {"id", "subscription", "published_at", "attempts"}

    body = {"subscription": MESSAGES, "limit": 3}
    done = administrator.send("POST", "/api/dead_letters/replay", body)

    assert (done.status_code, done.json) == (200, {"count": 3, "left": 2})
    given_up.settle()
    [entry] = [e for e in given_up.audit() if e["action"] == "dead_letters.replayed"]
    assert entry["actor"]["type"] == "user"
    assert len(given_up.queue.dead_letters()) == 3


def test_who_proved_themselves_long_ago_proves_it_again(given_up: DeskUnderTest) -> None:
    """What may change anything asks for a fresh proof, and a wrong bound for another one."""
    administrator = given_up.browser("administrator")
    wrong = administrator.send(
        "POST", "/api/dead_letters/replay", {"subscription": MESSAGES, "limit": 501}
    )
    assert wrong.status_code == 400
    given_up.clock.advance(16 * 60)  # type: ignore[attr-defined]
    refused = administrator.send("POST", "/api/dead_letters/replay", {"subscription": MESSAGES})
    assert (refused.status_code, refused.json["code"]) == (403, "step_up.required")
    assert len(given_up.queue.dead_letters()) == 6


@pytest.mark.parametrize("limit", ["0", "501", "-1"])
def test_a_replay_without_bounds_is_refused(
    given_up: DeskUnderTest, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    """Nothing is delivered and nothing recorded where the limit is none."""
    command = ["replay", MESSAGES, f"--limit={limit}", "--operator", "olga"]

    status = operate.main(command, _operator(given_up))

    assert status == 1
    assert capsys.readouterr().err == "a replay takes 1 to 500 dead letters\n"
    assert len(given_up.queue.dead_letters()) == 6


@pytest.mark.parametrize("name", ["olga@example.com", "Olga Berg", "", "o" * 65])
def test_no_address_of_an_operator_enters_the_audit_log(
    given_up: DeskUnderTest, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The log is never rewritten, so what names an operator there is a short word of their choice."""
    command = ["replay", MESSAGES, "--limit", "3", "--operator", name]

    with pytest.raises(SystemExit) as ended:
        operate.main(command, _operator(given_up))

    assert ended.value.code == 2
    assert "1 to 64 letters, digits, dots, hyphens or underscores" in capsys.readouterr().err
    assert len(given_up.queue.dead_letters()) == 6


def _operator(desk: DeskUnderTest) -> App:
    """Return the operator's app, with the bus itself for its dead letters."""
    app = desk.app()
    vars(app)["dead_letters"] = desk.queue
    return app
