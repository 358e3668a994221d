"""The contract of Gmail, over the real client library and the local Gmail."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from shared.gmail.contract import Candidate, Gone
from tests.local_google import MAIL, MAILBOX, TOPIC, deliver


def test_the_profile_names_the_mailbox_and_its_newest_history_id(gmail, sandbox):
    """The address is in lower case, the history id is 20 digits and grows with the mailbox."""
    before = gmail.profile()

    deliver(sandbox)

    assert before.address == MAILBOX
    assert len(before.history_id) == 20
    assert gmail.profile().history_id > before.history_id


def test_a_watch_lasts_at_most_seven_days_and_can_be_renewed_and_stopped(gmail, sandbox):
    """Renewing is the same call; stopping a mailbox that is not watched is no error."""
    watch = gmail.watch(TOPIC)
    gmail.watch(TOPIC)
    gmail.stop()
    gmail.stop()

    assert timedelta(days=6) < watch.expires_at - datetime.now(UTC) <= timedelta(days=7)
    assert watch.history_id == gmail.profile().history_id
    assert sandbox.calls(MAILBOX)["watch"] == 2


def test_a_delivered_mail_is_a_candidate_and_is_read_bit_for_bit(gmail, sandbox):
    """History names it once, and its bytes are those that came in."""
    start = gmail.profile().history_id
    raw = MAIL % b"\xff\x00 no text" + bytes(range(256))
    delivered = sandbox.deliver(MAILBOX, raw, internal_date=1_767_600_000_123)

    page = gmail.history(start)
    message = gmail.message(delivered["id"])

    labels = frozenset({"INBOX", "UNREAD"})
    assert page.candidates == (Candidate(delivered["id"], delivered["threadId"], labels, "added"),)
    assert page.last_id == page.head == delivered["historyId"].zfill(20)
    assert page.next_page is None
    assert message.raw == raw
    assert message.labels == labels
    assert message.thread_id == delivered["threadId"]
    assert message.received_at == datetime(2026, 1, 5, 8, 0, 0, 123_000, UTC)
    assert message.history_id == delivered["historyId"].zfill(20)


def test_an_empty_history_has_a_head_and_nothing_else(gmail):
    """Gmail leaves the member out; that is no error."""
    start = gmail.profile().history_id

    page = gmail.history(start)

    assert (page.candidates, page.last_id, page.head, page.next_page) == ((), None, start, None)


def test_history_comes_in_pages_from_the_same_start(gmail, sandbox):
    """Every mail is named once, in order, over all pages; each page knows how far it goes."""
    start = gmail.profile().history_id
    delivered = [sandbox.deliver(MAILBOX, MAIL % b"%d" % n) for n in range(700)]

    first = gmail.history(start)
    second = gmail.history(start, first.next_page)

    found = [candidate.gmail_id for candidate in (*first.candidates, *second.candidates)]
    assert found == [message["id"] for message in delivered]
    assert first.last_id == delivered[len(first.candidates) - 1]["historyId"].zfill(20)
    assert second.last_id == delivered[-1]["historyId"].zfill(20)
    assert (first.next_page is None, second.next_page) == (False, None)


def test_a_page_may_be_empty_and_still_have_a_next_one(gmail, sandbox):
    """The reader goes on until there is no next page."""
    start = gmail.profile().history_id
    delivered = deliver(sandbox)
    sandbox.plant("history.list", "empty_page")

    first = gmail.history(start)
    second = gmail.history(start, first.next_page)

    assert first.candidates == ()
    assert first.last_id is None
    assert [candidate.gmail_id for candidate in second.candidates] == [delivered]


def test_spam_that_a_person_rescues_is_a_candidate(gmail, sandbox):
    """An old message that moves to the inbox counts, other label changes do not."""
    spam = deliver(sandbox, labels=("SPAM",))
    other = deliver(sandbox)
    start = gmail.profile().history_id

    sandbox.act(MAILBOX, "spam_to_inbox", spam)
    sandbox.act(MAILBOX, "star", other)
    sandbox.act(MAILBOX, "archive", other)

    candidates = gmail.history(start).candidates
    assert [(c.gmail_id, c.change) for c in candidates] == [(spam, "inbox")]
    assert "INBOX" in candidates[0].labels


def test_a_message_is_named_once_a_page(gmail, sandbox):
    """Added and then moved: one candidate, as added, with its newest labels."""
    start = gmail.profile().history_id
    spam = deliver(sandbox, labels=("SPAM",))
    sandbox.act(MAILBOX, "spam_to_inbox", spam)

    candidates = gmail.history(start).candidates

    assert [(c.gmail_id, c.change) for c in candidates] == [(spam, "added")]
    assert "INBOX" in candidates[0].labels
    assert "SPAM" not in candidates[0].labels


def test_labels_may_be_missing_in_history(gmail, sandbox):
    """Where Gmail leaves the labels out they are unknown, not empty."""
    sandbox.set_history(stub_labels="never")
    start = gmail.profile().history_id
    deliver(sandbox)

    assert [c.labels for c in gmail.history(start).candidates] == [None]


def test_history_ids_beyond_63_bits_keep_their_order(gmail, sandbox):
    """They are unsigned 64-bit numbers: text of 20 digits, compared as such."""
    sandbox.set_history(MAILBOX, current=2**63 - 1)
    before = gmail.profile().history_id
    deliver(sandbox)

    after = gmail.profile().history_id

    assert before == "09223372036854775807"
    assert after > before
    assert len(gmail.history(before).candidates) == 1


def test_a_history_that_google_has_forgotten_is_gone(gmail, sandbox):
    """A start below Gmail's floor asks for a resync."""
    start = gmail.profile().history_id
    deliver(sandbox)
    sandbox.raise_history_floor(MAILBOX)

    with pytest.raises(Gone):
        gmail.history(start)


def test_messages_are_listed_newest_first_in_pages(gmail, sandbox):
    """All of them, over all pages."""
    first_ms = 1_767_600_000_000
    delivered = [deliver(sandbox, b"%d" % n, internal_date=first_ms + n) for n in range(600)]

    first = gmail.messages("in:anywhere")
    second = gmail.messages("in:anywhere", first.next_page)

    assert [id for id, _ in (*first.ids, *second.ids)] == delivered[::-1]
    assert second.next_page is None


def test_a_search_without_a_hit_is_empty(gmail):
    """Gmail leaves the member out."""
    page = gmail.messages("after:4000000000")

    assert (page.ids, page.next_page) == ((), None)


def test_a_large_message_is_read_whole(gmail, sandbox):
    """30 MB come in one answer."""
    raw = MAIL % b"large" + b"x" * 30_000_000

    delivered = sandbox.deliver(MAILBOX, raw)

    assert gmail.message(delivered["id"]).raw == raw


def test_a_deleted_message_is_gone(gmail, sandbox):
    """So is one that never was."""
    deleted = deliver(sandbox)
    sandbox.act(MAILBOX, "delete", deleted)

    for gmail_id in (deleted, "18c0ffee18c0ffee"):
        with pytest.raises(Gone):
            gmail.message(gmail_id)


def test_one_client_serves_many_threads(gmail, sandbox):
    """Eight threads read at once, each its own message."""
    delivered = [deliver(sandbox, b"%d" % n) for n in range(40)]
    read: list[str] = []

    def work(ids: list[str]) -> None:
        read.extend(gmail.message(id).gmail_id for id in ids)

    threads = [threading.Thread(target=work, args=(delivered[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(read) == sorted(delivered)
