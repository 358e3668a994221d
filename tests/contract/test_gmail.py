"""The contract of Gmail, over the real client library and the local Gmail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.gmail.contract import (
    Candidate,
    Down,
    Gmail,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    Refused,
    Throttled,
)
from tests.local_google import MAILBOX, TOPIC, LocalGoogle, local_google

MAIL = b"From: ann@example.net\r\nTo: support@example.com\r\nSubject: %s\r\n\r\nHello.\r\n"


@pytest.fixture
def google() -> Iterator[LocalGoogle]:
    """Run a local Gmail with one mailbox."""
    with local_google(timeout_seconds=5.0) as google:
        yield google


@pytest.fixture
def sandbox(google):
    """Be the person before the mailbox."""
    return google.sandbox


@pytest.fixture
def gmail(google) -> Gmail:
    """Be the desk, connected to the mailbox."""
    return google.gmail(google.connect())


def deliver(sandbox, subject: bytes = b"Question", **options) -> str:
    """Let a mail arrive and return its Gmail id."""
    return sandbox.deliver(MAILBOX, MAIL % subject, **options)["id"]


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
    """Every mail is named once, in order, over all pages."""
    start = gmail.profile().history_id
    delivered = [deliver(sandbox, b"%d" % n) for n in range(700)]

    first = gmail.history(start)
    second = gmail.history(start, first.next_page)

    found = [candidate.gmail_id for candidate in (*first.candidates, *second.candidates)]
    assert found == delivered
    assert first.next_page is not None
    assert first.last_id < second.last_id
    assert second.next_page is None


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


def test_an_expired_access_token_is_refreshed_once(gmail, sandbox):
    """The call succeeds, at the price of one refresh."""
    delivered = deliver(sandbox)
    sandbox.expire_access_tokens(MAILBOX)
    sandbox.reset_calls()

    assert gmail.message(delivered).gmail_id == delivered
    assert sandbox.calls() == {"messages.get": 2, "oauth.token": 1}


def test_a_grant_that_gmail_keeps_refusing_needs_its_owner(gmail, sandbox):
    """After one refresh, a second 401 is final."""
    sandbox.plant("getProfile", "unauthorized", times=None)
    sandbox.reset_calls()

    with pytest.raises(NeedsReauth):
        gmail.profile()

    assert sandbox.calls() == {"getProfile": 2, "oauth.token": 1}


def test_a_revoked_grant_needs_its_owner(gmail, sandbox):
    """Revoked by its owner: the refresh says so."""
    sandbox.revoke_grant(MAILBOX)

    with pytest.raises(NeedsReauth, match="invalid_grant"):
        gmail.profile()


def test_a_grant_that_is_too_small_needs_its_owner(gmail, sandbox):
    """Without gmail.readonly nothing can be read, and no retry will help."""
    sandbox.set_scopes(MAILBOX, ["openid"])

    with pytest.raises(NeedsReauth, match="insufficient_scopes"):
        gmail.profile()


def test_an_account_without_gmail_needs_its_owner(gmail, sandbox):
    """Google says "Mail service not enabled"; the mailbox stands still instead of failing mail by mail."""
    sandbox.plant(
        "getProfile",
        "error",
        status=400,
        reason="failedPrecondition",
        message="Mail service not enabled",
        status_name="FAILED_PRECONDITION",
    )

    with pytest.raises(NeedsReauth, match="mail_service_not_enabled"):
        gmail.profile()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "too_many_requests"}, Throttled),
        ({"kind": "quota"}, Throttled),
        ({"kind": "forbidden", "reason": "rateLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "userRateLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "quotaExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "dailyLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "insufficientPermissions"}, NeedsReauth),
        ({"kind": "forbidden", "reason": "domainPolicy"}, NeedsReauth),
        ({"kind": "forbidden", "reason": "accessNotConfigured"}, Misconfigured),
        ({"kind": "forbidden", "reason": "forbidden"}, Refused),
        ({"kind": "error", "status": 400, "reason": "invalidArgument"}, Refused),
        ({"kind": "error", "status": 400, "reason": "failedPrecondition"}, Down),
        ({"kind": "status", "status": 500}, Down),
        ({"kind": "status", "status": 502}, Down),
        ({"kind": "status", "status": 503}, Down),
        ({"kind": "status", "status": 504}, Down),
        ({"kind": "status", "status": 408}, Down),
        ({"kind": "html", "status": 503}, Down),
        ({"kind": "html", "status": 404}, Down),
        ({"kind": "html", "status": 400}, Down),
        ({"kind": "html", "status": 200}, Down),
        ({"kind": "html", "status": 302}, Down),
        ({"kind": "truncate"}, Down),
        ({"kind": "reset"}, Down),
    ],
)
def test_each_failure_is_one_of_the_contracts(gmail, sandbox, fault, error):
    """A use case decides on the kind of error alone; no page of a proxy is taken for Gmail's word."""
    delivered = deliver(sandbox)
    sandbox.plant("messages.get", **fault, times=None)

    with pytest.raises(GmailError) as caught:
        gmail.message(delivered)

    assert type(caught.value) is error
    assert caught.value.__cause__ is None


def test_a_throttled_call_knows_when_to_come_back(gmail, sandbox):
    """The time stands in Google's message alone."""
    sandbox.plant("getProfile", "too_many_requests", retry_after=600)
    before = datetime.now(UTC)

    with pytest.raises(Throttled) as caught:
        gmail.profile()

    waits = caught.value.retry_at - before
    assert timedelta(seconds=590) < waits < timedelta(seconds=660)


def test_a_used_up_quota_is_throttled_and_other_calls_go_on(gmail, sandbox):
    """6,000 units a minute, 20 a message."""
    delivered = deliver(sandbox)
    sandbox.set_quota(19)

    with pytest.raises(Throttled):
        gmail.message(delivered)

    assert gmail.profile().address == MAILBOX


def test_a_call_has_a_deadline(google, sandbox):
    """A server that hangs costs seconds, not the function's life."""
    google.timeout_seconds = 0.3
    gmail = google.gmail(google.connect())
    sandbox.plant("getProfile", "hang", seconds=30)

    with pytest.raises(Down, match="timeout"):
        gmail.profile()


def test_a_topic_that_gmail_may_not_use_is_our_own_fault(gmail, sandbox):
    """No mailbox is blamed for a missing grant, a foreign project or a missing topic."""
    sandbox.set_topic(granted=False)
    for topic in (TOPIC, "projects/other/topics/gmail-push", "projects/desk/topics/none"):
        with pytest.raises(Misconfigured, match="watch_topic"):
            gmail.watch(topic)


def test_another_watching_client_is_told_apart(gmail, sandbox):
    """The caller may stop the other watch and begin its own."""
    sandbox.second_watch_client(MAILBOX)

    with pytest.raises(Misconfigured, match="other_watch_client"):
        gmail.watch(TOPIC)

    gmail.stop()
    assert gmail.watch(TOPIC)


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_a_post_is_sent_once_however_the_connection_ends(gmail, sandbox, kind):
    """Whether it took effect is unknown, so it is never repeated."""
    sandbox.plant("watch", kind, when="after")

    with pytest.raises(Down, match="connection"):
        gmail.watch(TOPIC)

    assert sandbox.calls(MAILBOX)["watch"] == 1


def test_a_get_is_repeated_once_where_no_answer_began(gmail, sandbox):
    """A connection closed without a byte is tried again, once."""
    sandbox.plant("getProfile", "close")
    assert gmail.profile().address == MAILBOX
    assert sandbox.calls(MAILBOX)["getProfile"] == 2

    sandbox.plant("getProfile", "close", times=2)
    with pytest.raises(Down, match="connection"):
        gmail.profile()
    assert sandbox.calls(MAILBOX)["getProfile"] == 4


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


def test_errors_tell_nothing_of_the_mailbox(gmail, sandbox):
    """Neither message nor reason nor chain quotes a token, an address or Google's text."""
    sandbox.plant("getProfile", "error", status=403, reason="x", message=f"secret of {MAILBOX}")

    with pytest.raises(Refused) as caught:
        gmail.profile()

    assert caught.value.reason == "http_403"
    assert MAILBOX not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
