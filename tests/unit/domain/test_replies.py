"""A reply's states: which may follow which, and what never may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain import replies
from shared.domain.replies import FOLLOWS, NotAllowedNow, Reply, ReplyState

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
S = ReplyState

STEPS: dict[str, tuple[Callable[[Reply], Reply], set[ReplyState]]] = {
    "queued": (
        lambda r: replies.queued(r, NOW, NOW, conversation=2, by="u_1"),
        {S.DRAFT, S.SENDING, S.UNKNOWN, S.FAILED, S.NEEDS_REVIEW},
    ),
    "taken_back": (lambda r: replies.taken_back(r, NOW, "u_1"), {S.QUEUED, S.FAILED}),
    "claimed": (lambda r: replies.claimed(r, NOW), {S.QUEUED}),
    "doubtful": (lambda r: replies.doubtful(r, NOW, NOW), {S.SENDING, S.UNKNOWN}),
    "failed": (
        lambda r: replies.failed(r, NOW, "refused"),
        {S.QUEUED, S.SENDING, S.UNKNOWN, S.NEEDS_REVIEW},
    ),
    "to_review": (
        lambda r: replies.to_review(r, NOW, "not_found"),
        {S.QUEUED, S.SENDING, S.UNKNOWN},
    ),
    "cancelled": (
        lambda r: replies.cancelled(r, NOW, "u_1"),
        {S.DRAFT, S.QUEUED, S.FAILED, S.NEEDS_REVIEW},
    ),
    "sent": (lambda r: replies.sent(r, NOW, "g1", None), set(S)),
}


def reply(state: ReplyState = S.DRAFT, **fields: object) -> Reply:
    """Return a reply in a state."""
    made = Reply("mb_1", "t_1", "u_1", state, NOW, NOW, "sealed")
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_allowed_from_these_states_and_no_other(step: str, state: ReplyState) -> None:
    """What was sent stays sent, what may have been sent is never a draft again nor thrown away."""
    make, allowed = STEPS[step]
    before = reply(state)

    if state in allowed:
        assert make(before).state in {*FOLLOWS[state], state}
    else:
        with pytest.raises(NotAllowedNow):
            make(before)


def test_every_state_is_in_the_table() -> None:
    """And every one of them leads to sent, but sent itself: a mail that comes back proves it."""
    assert set(FOLLOWS) == set(S)
    assert all(S.SENT in after for state, after in FOLLOWS.items() if state is not S.SENT)
    assert FOLLOWS[S.SENT] == frozenset()


def test_a_reply_held_unsent_can_be_edited_a_doubtful_one_cannot() -> None:
    """In review for two reasons: only what certainly did not leave becomes a draft again."""
    held = reply(S.NEEDS_REVIEW, failure=replies.CONVERSATION_MOVED)
    doubted = reply(S.NEEDS_REVIEW, failure=replies.NOT_FOUND)

    assert replies.taken_back(held, NOW, "u_1").state is S.DRAFT
    with pytest.raises(NotAllowedNow):
        replies.taken_back(doubted, NOW, "u_1")


def test_every_decision_outdates_the_events_before_it() -> None:
    """Undo and queueing again raise the fence, and claiming keeps it: it is that very event."""
    first = replies.queued(reply(), NOW, NOW, conversation=1, by="u_1")
    undone = replies.taken_back(first, NOW, "u_1")
    again = replies.queued(undone, NOW, NOW, conversation=1, by="u_1")

    assert first.fence < undone.fence < again.fence
    assert replies.claimed(again, NOW).fence == again.fence


def test_what_cannot_be_sent_for_three_days_has_failed() -> None:
    """A person should know; until then it is put off."""
    queued = replies.queued(reply(), NOW, NOW, conversation=1, by="u_1")
    claim = replies.claimed(queued, NOW)

    waits = replies.put_off(claim, NOW, NOW + timedelta(hours=71), "throttled")
    given_up = replies.put_off(claim, NOW, NOW + timedelta(hours=73), "throttled")

    assert (waits.state, waits.failure) == (S.QUEUED, "throttled")
    assert (given_up.state, given_up.failure) == (S.FAILED, "throttled")


def test_what_is_asked_of_a_person_is_not_queued_behind_their_back() -> None:
    """A sender that learns late that nothing was sent makes a failure of it, not another attempt."""
    asked = reply(S.NEEDS_REVIEW, failure=replies.NOT_FOUND, due_since=NOW)

    assert replies.put_off(asked, NOW, NOW, "throttled").state is S.FAILED


def test_content_goes_with_being_sent_or_thrown_away() -> None:
    """Nothing sealed is left of either."""
    assert replies.sent(reply(S.SENDING), NOW, "g1", "<1@example.com>").sealed is None
    assert replies.cancelled(reply(), NOW, "u_1").sealed is None


def test_a_mark_names_its_reply() -> None:
    """Each attempt has its own, all of them lead back; anything else leads nowhere."""
    id = "r_" + "0123456789ABCDEFGHJKMNPQRS"

    marks = {replies.send_id(id, attempt) for attempt in (1, 2)}

    assert len(marks) == 2
    assert {replies.reply_of(mark) for mark in marks} == {id}
    for other in ("", "x", "0123456789abcdefghjkmnpqrs", "0123456789abcdefghjkmnpqrs-1\r\nX: y"):
        assert replies.reply_of(other) is None
