"""Acceptance scenario of machines that talk: a storm of automatic answers."""

from __future__ import annotations

from tests.desk import SUPPORT, DeskUnderTest, mail

STORM = 60


def test_scenario_16_a_storm_of_automatic_answers(desk: DeskUnderTest) -> None:
    """Every answer is kept, joined and muted; none opens a ticket again or makes the desk write."""
    desk.connect()
    desk.deliver(mail("Where is my order?", message_id="<order@customers.example.net>"))
    supervisor = desk.browser("supervisor")
    [ticket] = desk.tickets()
    solved = supervisor.send(
        "PATCH", f"/api/tickets/{ticket['id']}", {"state": "solved"}, if_match='"1"'
    )
    assert solved.status_code == 200
    desk.clock.advance(60)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(60)

    for number in range(STORM):
        desk.sandbox.deliver(
            SUPPORT,
            mail(
                "Automatic reply: Where is my order?",
                "I am away.",
                message_id=f"<away.{number}@customers.example.net>",
                in_reply_to="<order@customers.example.net>",
                auto_submitted="auto-replied",
            ),
        )
    desk.settle()

    [ticket] = desk.tickets()
    assert (ticket["state"], ticket["message_count"]) == ("solved", STORM + 1)
    messages = supervisor.get(f"/api/tickets/{ticket['id']}").json["messages"]
    assert [message["muted"] for message in messages] == [False] + [True] * STORM
    assert len(desk.sandbox.messages(SUPPORT)) == STORM + 1
