"""users.history.list: what a mailbox tells of its changes, and when it refuses."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Start, mail
from .google_client import Browser


def listing(gmail: Any, start: str, **parameters: Any) -> list[dict[str, Any]]:
    """Return the records of every page."""
    records: list[dict[str, Any]] = []
    while True:
        page = gmail.history().list(userId="me", startHistoryId=start, **parameters).execute()
        records += page.get("history", [])
        if "nextPageToken" not in page:
            return records
        parameters["pageToken"] = page["nextPageToken"]


def deliver(sandbox: Sandbox, count: int, mailbox: str = SUPPORT) -> list[str]:
    """Deliver messages of threads of their own and return their ids."""
    return [
        sandbox.deliver(mailbox, mail(message_id=f"<{n}@example.net>"))["id"] for n in range(count)
    ]


def added(records: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the messages added, in order."""
    return [e["message"]["id"] for r in records for e in r.get("messagesAdded", [])]


@pytest.fixture
def start_id(gmail: Any) -> str:
    """Return the history id before the test's changes."""
    return str(gmail.getProfile(userId="me").execute()["historyId"])


def refusal(gmail: Any, **parameters: Any) -> int:
    """Return the status of a history.list that is refused."""
    with pytest.raises(HttpError) as refused:
        gmail.history().list(userId="me", **parameters).execute()
    return int(refused.value.resp.status)


def test_an_empty_history_has_no_history_member(gmail: Any, start_id: str) -> None:
    """Nothing new is an answer without `history`."""
    answer = gmail.history().list(userId="me", startHistoryId=start_id).execute()

    assert answer == {"historyId": start_id}


def test_records_come_in_order_with_gaps(sandbox: Sandbox, gmail: Any, start_id: str) -> None:
    """Ids grow, not one by one, and records stand in the order of the changes."""
    ids = deliver(sandbox, 20)

    records = listing(gmail, start_id)

    assert added(records) == ids
    numbers = [int(record["id"]) for record in records]
    assert numbers == sorted(numbers)
    assert numbers[-1] - numbers[0] > 20


def test_pages_hold_every_record_once(sandbox: Sandbox, gmail: Any, start_id: str) -> None:
    """Paging with the same start id and opaque tokens misses nothing and doubles nothing."""
    ids = deliver(sandbox, 23)

    assert added(listing(gmail, start_id, maxResults=5)) == ids
    page = gmail.history().list(userId="me", startHistoryId=start_id, maxResults=5).execute()
    assert len(page["history"]) == 5
    assert not page["nextPageToken"].isdigit()


def test_start_in_the_middle_lists_what_is_later(
    sandbox: Sandbox, gmail: Any, start_id: str
) -> None:
    """The record of the start id itself is not listed again."""
    ids = deliver(sandbox, 4)
    second = listing(gmail, start_id)[1]["id"]

    assert added(listing(gmail, second)) == ids[2:]


def test_types_are_filtered(sandbox: Sandbox, gmail: Any, start_id: str) -> None:
    """HistoryTypes chooses the records; each kind has its own member."""
    (id_,) = deliver(sandbox, 1)
    sandbox.act(SUPPORT, "archive", id_)
    sandbox.act(SUPPORT, "star", id_)
    sandbox.act(SUPPORT, "delete", id_)

    kinds = [set(record) - {"id", "messages"} for record in listing(gmail, start_id)]
    chosen = listing(gmail, start_id, historyTypes=["messageAdded", "labelAdded"])

    assert kinds == [{"messagesAdded"}, {"labelsRemoved"}, {"labelsAdded"}, {"messagesDeleted"}]
    assert [set(record) - {"id", "messages"} for record in chosen] == [
        {"messagesAdded"},
        {"labelsAdded"},
    ]
    assert chosen[1]["labelsAdded"][0]["labelIds"] == ["STARRED"]


def test_label_filter_skips_what_has_left_the_label(
    sandbox: Sandbox, gmail: Any, start_id: str
) -> None:
    """labelId=INBOX lists changes of messages that had the label at the change."""
    (id_,) = deliver(sandbox, 1)
    sandbox.act(SUPPORT, "archive", id_)

    records = listing(gmail, start_id, labelId="INBOX")

    assert added(records) == [id_]
    assert len(records) == 1


def test_spam_rescued_to_the_inbox_is_a_label_added(
    sandbox: Sandbox, gmail: Any, start_id: str
) -> None:
    """The message keeps its id: INBOX comes as a label, not as a message."""
    id_ = sandbox.deliver(SUPPORT, mail(), labels=["SPAM", "UNREAD"])["id"]
    sandbox.act(SUPPORT, "spam_to_inbox", id_)

    records = listing(gmail, start_id, historyTypes=["messageAdded", "labelAdded"])

    assert records[0]["messagesAdded"][0]["message"]["labelIds"] == ["SPAM", "UNREAD"]
    assert records[1]["labelsAdded"][0]["labelIds"] == ["INBOX"]
    assert records[1]["labelsAdded"][0]["message"]["id"] == id_


def test_below_the_floor_is_404_and_the_profile_is_the_way_out(
    sandbox: Sandbox, gmail: Any, start_id: str
) -> None:
    """After history is forgotten every older id is 404; getProfile's id works."""
    deliver(sandbox, 3)
    before = gmail.getProfile(userId="me").execute()["historyId"]

    floor = sandbox.raise_history_floor(SUPPORT)

    assert refusal(gmail, startHistoryId=start_id) == 404
    assert refusal(gmail, startHistoryId=before) == 404
    now = gmail.getProfile(userId="me").execute()["historyId"]
    assert now == floor
    assert listing(gmail, now) == []


def test_history_is_forgotten_after_a_week(sandbox: Sandbox, browser: Browser, gmail: Any) -> None:
    """On a quiet mailbox even the newest message's id is too old, while getProfile's is valid."""
    (id_,) = deliver(sandbox, 1)
    newest = gmail.messages().get(userId="me", id=id_).execute()["historyId"]

    sandbox.advance_clock(8 * 86400)

    later = browser.gmail(browser.connect(SUPPORT)["access_token"])
    assert refusal(later, startHistoryId=newest) == 404
    current = later.getProfile(userId="me").execute()["historyId"]
    assert listing(later, current) == []


@pytest.mark.parametrize(
    ("never", "status"),
    [("0", 404), ("1", 404), ("18446744073709551615", 404), ("abc", 400), ("-1", 400), ("", 400)],
)
def test_a_start_that_never_was_is_refused(gmail: Any, never: str, status: int) -> None:
    """Too old and too new ids are 404, what is no number 400."""
    assert refusal(gmail, startHistoryId=never) == status


def test_page_tokens_are_the_mailboxs_own(sandbox: Sandbox, browser: Browser, gmail: Any) -> None:
    """A token of another mailbox, of another method or made up is 400."""
    deliver(sandbox, 3)
    deliver(sandbox, 3, SALES)
    sales = browser.gmail(browser.connect(SALES)["access_token"])
    foreign = sales.messages().list(userId="me", maxResults=1).execute()["nextPageToken"]

    for token in (foreign, "made-up", "4"):
        with pytest.raises(HttpError) as refused:
            gmail.messages().list(userId="me", pageToken=token).execute()
        assert refused.value.resp.status == 400


def test_lag_hides_new_records_though_the_head_moves(
    sandbox: Sandbox, gmail: Any, start_id: str
) -> None:
    """Late indexing: the answer's historyId is ahead of what is listed, until the lag is over."""
    sandbox.set_history(lag=30)
    delivered = sandbox.deliver(SUPPORT, mail())

    early = gmail.history().list(userId="me", startHistoryId=start_id).execute()
    sandbox.advance_clock(31)
    late = gmail.history().list(userId="me", startHistoryId=start_id).execute()

    assert early == {"historyId": delivered["historyId"]}
    assert added(late["history"]) == [delivered["id"]]


def test_lag_never_reorders(sandbox: Sandbox, gmail: Any, start_id: str) -> None:
    """What came after a late record is listed after it."""
    sandbox.set_history(lag=30)
    first = sandbox.deliver(SUPPORT, mail())["id"]
    sandbox.set_history(lag=0)
    second = sandbox.deliver(SUPPORT, mail("Other", message_id="<2@example.net>"))["id"]

    assert listing(gmail, start_id) == []
    sandbox.advance_clock(31)
    assert added(listing(gmail, start_id)) == [first, second]


@pytest.mark.parametrize(("style", "with_labels"), [("never", 0), ("always", 30)])
def test_stubs_may_lack_labels(
    sandbox: Sandbox, gmail: Any, start_id: str, style: Any, with_labels: int
) -> None:
    """LabelIds of a stub are optional: a client must not rely on them."""
    sandbox.set_history(stub_labels=style)
    deliver(sandbox, 30)

    stubs = [record["messagesAdded"][0]["message"] for record in listing(gmail, start_id)]

    assert sum("labelIds" in stub for stub in stubs) == with_labels


def test_ids_beyond_a_double_stay_exact(sandbox: Sandbox, gmail: Any) -> None:
    """History ids are 64-bit: above 2**53 and 2**63 they still list exactly."""
    sandbox.set_history(SUPPORT, current=2**63 + 2**53 + 1)
    start = str(2**63 + 2**53 + 1)

    delivered = sandbox.deliver(SUPPORT, mail())

    assert int(delivered["historyId"]) > 2**63 + 2**53 + 1
    (record,) = listing(gmail, start)
    assert record["id"] == delivered["historyId"]


def test_the_same_seed_makes_the_same_ids(start: Start) -> None:
    """Two sandboxes of one seed agree on every id; another seed differs."""
    runs = [
        [start(seed=seed).deliver(SUPPORT, mail())[name] for name in ("id", "historyId")]
        for seed in (7, 7, 8)
    ]

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_deleted_mail_stays_in_history(sandbox: Sandbox, gmail: Any, start_id: str) -> None:
    """A message that was added and deleted is listed as added; getting it is 404."""
    (id_,) = deliver(sandbox, 1)
    sandbox.act(SUPPORT, "delete", id_)

    assert added(listing(gmail, start_id)) == [id_]
    with pytest.raises(HttpError) as refused:
        gmail.messages().get(userId="me", id=id_).execute()
    assert refused.value.resp.status == 404
