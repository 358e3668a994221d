"""Reading mail: formats, parts, attachments, threads and search, through Google's client."""

import base64
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Start, mail
from .google_client import Browser

MULTIPART = (
    b"From: =?utf-8?B?2LPYp9ix2Kk=?= <sara@example.net>\r\n"
    b"To: support@example.com\r\n"
    b"Subject: =?utf-8?Q?Caf=C3=A9?=\r\n offer\r\n"
    b"Received: one\r\n"
    b"Received: two\r\n"
    b"Message-ID: <m@example.net>\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nna=EFve & 'quoted'\r\n"
    b"--c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>naive</p>\r\n--c--\r\n"
    b'--b\r\nContent-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment;'
    b' filename="list.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCg==\r\n'
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@example.org\r\nSubject: inner\r\n\r\nDeep\r\n"
    b"--b--\r\n"
)


def data_of(body: dict[str, Any]) -> bytes:
    """Return the bytes of a MessagePartBody."""
    return base64.urlsafe_b64decode(body["data"])


def get(gmail: Any, id_: str, form: str = "full", **parameters: Any) -> dict[str, Any]:
    """Return a message."""
    message: dict[str, Any] = (
        gmail.messages().get(userId="me", id=id_, format=form, **parameters).execute()
    )
    return message


def test_minimal_has_no_payload(sandbox: Sandbox, gmail: Any) -> None:
    """Ids, labels, snippet, size, history id and the accept time in milliseconds as text."""
    raw = mail(text="Tom & 'Ada'  said\r\nhello")
    sandbox.deliver(SUPPORT, raw, internal_date=1_700_000_000_123)
    (stored,) = sandbox.messages(SUPPORT)

    message = get(gmail, stored["id"], "minimal")

    assert message == {
        "id": stored["id"],
        "threadId": stored["id"],
        "labelIds": ["INBOX", "UNREAD"],
        "snippet": "Tom &amp; &#39;Ada&#39; said hello",
        "sizeEstimate": len(raw),
        "historyId": message["historyId"],
        "internalDate": "1700000000123",
    }


def test_the_accept_time_is_the_sandbox_clock(start: Start) -> None:
    """InternalDate is when Gmail took the message, whatever its Date header says."""
    sandbox = start(clock_start=1_800_000_000.0)
    sandbox.advance_clock(1.5)
    sandbox.deliver(SUPPORT, mail(Date="Mon, 1 Jan 2001 00:00:00 +0000"))
    browser = Browser(sandbox.url)

    listed = browser.gmail(browser.connect(SUPPORT)["access_token"]).messages()
    found = listed.list(userId="me", q="after:1800000001 before:1800000002").execute()

    assert len(found["messages"]) == 1
    browser.close()


def test_metadata_has_the_headers_asked_for(sandbox: Sandbox, gmail: Any) -> None:
    """Names match in any case; without names all headers come; the body never does."""
    id_ = sandbox.deliver(SUPPORT, MULTIPART)["id"]

    some = get(gmail, id_, "metadata", metadataHeaders=["SUBJECT", "received"])["payload"]
    every = get(gmail, id_, "metadata")["payload"]

    assert some["headers"] == [
        {"name": "Subject", "value": "Café offer"},
        {"name": "Received", "value": "one"},
        {"name": "Received", "value": "two"},
    ]
    assert len(every["headers"]) == 8
    assert every["mimeType"] == "multipart/mixed"
    assert "parts" not in every


def test_full_is_the_tree_of_parts(sandbox: Sandbox, gmail: Any) -> None:
    """Parts are numbered, bodies keep their own charset, files come by attachment id."""
    id_ = sandbox.deliver(SUPPORT, MULTIPART)["id"]

    payload = get(gmail, id_)["payload"]

    alternative, table, forwarded = payload["parts"]
    assert payload["partId"] == ""
    assert payload["headers"][0] == {"name": "From", "value": "سارة <sara@example.net>"}
    assert [part["partId"] for part in alternative["parts"]] == ["0.0", "0.1"]
    assert data_of(alternative["parts"][0]["body"]) == b"na\xefve & 'quoted'"
    assert (table["filename"], table["mimeType"]) == ("list.csv", "text/csv")
    assert "data" not in table["body"]
    assert table["body"]["size"] == 4
    assert forwarded["mimeType"] == "message/rfc822"
    assert forwarded["parts"][0]["headers"][1] == {"name": "Subject", "value": "inner"}


def test_attachments_come_by_an_id_that_changes(sandbox: Sandbox, gmail: Any) -> None:
    """Each get shows another id; both work for a while, and only for their own message."""
    id_ = sandbox.deliver(SUPPORT, MULTIPART)["id"]
    other = sandbox.deliver(SUPPORT, MULTIPART)["id"]
    first, second = (get(gmail, id_)["payload"]["parts"][1]["body"]["attachmentId"] for _ in "ab")
    attachments = gmail.messages().attachments()

    assert first != second
    for attachment in (first, second):
        body = attachments.get(userId="me", messageId=id_, id=attachment).execute()
        assert data_of(body) == b"a,b\n"
    for message, attachment in ((other, first), (id_, first[:-1]), (id_, "ANGjAAAA")):
        with pytest.raises(HttpError) as refused:
            attachments.get(userId="me", messageId=message, id=attachment).execute()
        assert refused.value.resp.status == 400


def test_attachment_ids_are_short_lived(sandbox: Sandbox, browser: Browser, gmail: Any) -> None:
    """After an hour the id is of no use: it is not to be stored."""
    id_ = sandbox.deliver(SUPPORT, MULTIPART)["id"]
    attachment = get(gmail, id_)["payload"]["parts"][1]["body"]["attachmentId"]
    sandbox.advance_clock(3601)
    later = browser.gmail(browser.connect(SUPPORT)["access_token"]).messages().attachments()

    with pytest.raises(HttpError):
        later.get(userId="me", messageId=id_, id=attachment).execute()


def test_a_big_text_body_is_an_attachment_too(sandbox: Sandbox, gmail: Any) -> None:
    """Even text/plain may come without data."""
    text = "long " * 30_000
    id_ = sandbox.deliver(SUPPORT, mail(text=text))["id"]

    body = get(gmail, id_)["payload"]["body"]

    assert "data" not in body
    fetched = gmail.messages().attachments()
    answer = fetched.get(userId="me", messageId=id_, id=body["attachmentId"]).execute()
    assert data_of(answer).decode().strip() == text.strip()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"no headers at all",
        b"Subject: \xff\xfe raw\r\n\r\n\xe9",
        b"Subject: =?utf-8?B?!!!?= =?nope?Q?x?=\r\nFrom: \r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nnever closed",
        b"Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 3000,
        b"Content-Disposition: attachment; filename*=nope''%ff%zz\r\n\r\nx",
    ],
    ids=lambda raw: raw[:20].hex(),
)
def test_any_bytes_are_served_in_every_format(sandbox: Sandbox, gmail: Any, raw: bytes) -> None:
    """Hostile mail never breaks the mailbox, and raw is exact."""
    id_ = sandbox.deliver(SUPPORT, raw)["id"]

    for form in ("minimal", "metadata", "full"):
        assert get(gmail, id_, form)["id"] == id_
    assert data_of({"data": get(gmail, id_, "raw")["raw"]}) == raw
    assert gmail.messages().list(userId="me", q="anything").execute()["resultSizeEstimate"] == 0


@pytest.mark.parametrize(
    ("id_", "status"), [("1900000000000000", 404), ("x", 400), ("1" * 17, 400)]
)
def test_a_message_that_is_not_there(gmail: Any, id_: str, status: int) -> None:
    """Well-formed unknown ids are 404 notFound, others 400."""
    with pytest.raises(HttpError) as refused:
        get(gmail, id_)

    assert refused.value.resp.status == status


def test_mailboxes_do_not_share_messages(sandbox: Sandbox, gmail: Any) -> None:
    """An id of another mailbox is 404."""
    id_ = sandbox.deliver(SALES, mail())["id"]

    with pytest.raises(HttpError) as refused:
        get(gmail, id_)

    assert refused.value.resp.status == 404


def test_a_reply_joins_the_thread_of_what_it_answers(sandbox: Sandbox, gmail: Any) -> None:
    """A known reference under the same subject joins; the thread's id is its first message's."""
    first = sandbox.deliver(SUPPORT, mail("Order 7"))
    reply = sandbox.deliver(
        SUPPORT,
        mail(
            "RE: AW:  order 7",
            message_id="<2@example.net>",
            References="<zero@example.net> <first@customer.example.net>",
        ),
    )

    thread = gmail.threads().get(userId="me", id=first["id"], format="minimal").execute()

    assert reply["threadId"] == first["id"]
    assert [message["id"] for message in thread["messages"]] == [first["id"], reply["id"]]
    assert thread["historyId"] == reply["historyId"]


@pytest.mark.parametrize(
    ("subject", "reference"),
    [
        ("Another subject", "<first@customer.example.net>"),
        ("Order 7", "<unknown@example.net>"),
        ("Order 7", ""),
    ],
)
def test_a_thread_needs_reference_and_subject(
    sandbox: Sandbox, subject: str, reference: str
) -> None:
    """Either alone starts a new thread."""
    sandbox.deliver(SUPPORT, mail("Order 7"))

    other = sandbox.deliver(
        SUPPORT, mail(subject, message_id="<2@example.net>", In_Reply_To=reference)
    )

    assert other["threadId"] == other["id"]


def test_threads_are_per_mailbox(sandbox: Sandbox) -> None:
    """What one mailbox knows does not thread another's mail."""
    sandbox.deliver(SUPPORT, mail("Order 7"))

    reply = sandbox.deliver(
        SALES,
        mail("Re: Order 7", message_id="<2@e.example>", In_Reply_To="<first@customer.example.net>"),
    )

    assert reply["threadId"] == reply["id"]


def test_threads_list_newest_first(sandbox: Sandbox, gmail: Any) -> None:
    """A thread stands once, where its newest message stands."""
    old = sandbox.deliver(SUPPORT, mail("Old"), internal_date=1_000)
    new = sandbox.deliver(SUPPORT, mail("New", message_id="<2@e.example>"), internal_date=2_000)
    sandbox.deliver(
        SUPPORT,
        mail("Re: Old", message_id="<3@e.example>", In_Reply_To="<first@customer.example.net>"),
        internal_date=3_000,
    )

    threads = gmail.threads().list(userId="me").execute()["threads"]

    assert [thread["id"] for thread in threads] == [old["id"], new["id"]]


@pytest.fixture
def searchable(sandbox: Sandbox) -> dict[str, str]:
    """Deliver a small mailbox and return ids by name."""
    day = 86_400_000
    base = 1_790_000_000_000
    specs = {
        "invoice": (mail("Invoice 12", "Please pay the invoice."), ["INBOX", "UNREAD"], base),
        "arabic": (mail("فاتورة", "شكرا جزيلا", "<2@e.example>"), ["INBOX"], base + day),
        "spam": (mail("Cheap invoice", "Win!", "<3@e.example>"), ["SPAM"], base + 2 * day),
        "sent": (mail("Answer", "Paid.", "<4@e.example>"), ["SENT"], base + 3 * day),
        "file": (MULTIPART, ["INBOX", "STARRED"], base + 4 * day),
    }
    return {
        name: sandbox.deliver(SUPPORT, raw, labels=labels, internal_date=date)["id"]
        for name, (raw, labels, date) in specs.items()
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "file sent arabic invoice"),
        ("invoice", "invoice"),
        ("INVOICE pay", "invoice"),
        ("invoices", ""),
        ('"pay the"', "invoice"),
        ('"the pay"', ""),
        ("شكرا", "arabic"),
        ("subject:answer", "sent"),
        ("from:ada@example.net", "sent arabic invoice"),
        ("from:sara", "file"),
        ("to:support@example.com -from:ada", "file"),
        ("in:inbox", "file arabic invoice"),
        ("-in:inbox", "sent"),
        ("in:sent", "sent"),
        ("in:spam", "spam"),
        ("in:anywhere invoice", "spam invoice"),
        ("is:unread", "invoice"),
        ("is:read in:inbox", "file arabic"),
        ("is:starred", "file"),
        ("label:inbox is:starred", "file"),
        ("has:attachment", "file"),
        ("rfc822msgid:2@e.example", "arabic"),
        ("rfc822msgid:<m@example.net>", "file"),
        ("after:1790086400 before:1790300000", "sent arabic"),
        ("after:2026/09/25", "file"),
        ("before:2026/9/22", "invoice"),
        ("after:2026/13/45", ""),
        ("invoice OR answer", "sent invoice"),
        ("{pay paid} in:inbox", "invoice"),
        ("subject:(invoice OR answer)", "sent invoice"),
        ("-{invoice answer} -from:sara", "arabic"),
        ("smaller:300", "sent arabic invoice"),
        ("larger:300", "file"),
        ("nonsense:operator", ""),
    ],
)
def test_search_finds_what_gmail_finds(
    searchable: dict[str, str], gmail: Any, query: str, expected: str
) -> None:
    """Operators, negation, groups, whole words in any script; newest first; no spam unasked."""
    found = gmail.messages().list(userId="me", q=query).execute()

    names = {id_: name for name, id_ in searchable.items()}
    assert " ".join(names[m["id"]] for m in found.get("messages", [])) == expected
    assert found["resultSizeEstimate"] == len(expected.split())


def test_labels_and_spam_are_chosen_by_parameter(searchable: dict[str, str], gmail: Any) -> None:
    """LabelIds must all hold; includeSpamTrash shows everything."""
    messages = gmail.messages()

    both = messages.list(userId="me", labelIds=["INBOX", "STARRED"]).execute()
    spam = messages.list(userId="me", labelIds=["SPAM"]).execute()
    every = messages.list(userId="me", includeSpamTrash=True).execute()

    assert [message["id"] for message in both["messages"]] == [searchable["file"]]
    assert [message["id"] for message in spam["messages"]] == [searchable["spam"]]
    assert len(every["messages"]) == 5


def test_an_empty_list_has_no_messages_member(gmail: Any) -> None:
    """Nothing found is an answer without `messages`."""
    assert gmail.messages().list(userId="me").execute() == {"resultSizeEstimate": 0}


def test_pages_are_stable_while_mail_arrives(sandbox: Sandbox, gmail: Any) -> None:
    """New mail between two pages neither doubles nor hides older mail."""
    ids = [
        sandbox.deliver(SUPPORT, mail(message_id=f"<{n}@e.example>"), internal_date=n)["id"]
        for n in range(1, 8)
    ]
    messages = gmail.messages()

    first = messages.list(userId="me", maxResults=3).execute()
    sandbox.deliver(SUPPORT, mail("New", message_id="<new@e.example>"))
    second = messages.list(userId="me", maxResults=500, pageToken=first["nextPageToken"]).execute()

    listed = [message["id"] for page in (first, second) for message in page["messages"]]
    assert listed == ids[::-1]
    assert "nextPageToken" not in second


def test_labels_that_do_not_exist_are_refused(sandbox: Sandbox, gmail: Any) -> None:
    """Gmail knows its own labels and those that a user made."""
    sandbox.deliver(SUPPORT, mail(), labels=["INBOX", "Label_7"])

    listed = gmail.messages().list(userId="me", labelIds="Label_7").execute()["messages"]

    assert len(listed) == 1
    labels = gmail.labels().list(userId="me").execute()["labels"]
    assert labels[-1] == {"id": "Label_7", "name": "Label_7", "type": "user"}
    with pytest.raises(HttpError) as refused:
        gmail.messages().list(userId="me", labelIds="MADE_UP").execute()
    assert refused.value.resp.status == 400
    with pytest.raises(ValueError, match="labels"):
        sandbox.deliver(SUPPORT, mail(), labels=["IN BOX"])
