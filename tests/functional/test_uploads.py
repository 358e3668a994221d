"""Files for replies: uploaded in a stream, sealed, one's own, attached once, deleted in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from shared import app as composition
from shared.domain.uploads import COLLECTION, MAX_BYTES
from shared.errors import NotFound, TooLarge
from shared.services.replies import uploads
from tests.desk import SALES, DeskUnderTest, mail

NAME = "فاتورة May.pdf"


@pytest.fixture
def ticket(desk: DeskUnderTest) -> str:
    """Let a mail arrive and give its ticket."""
    desk.connect()
    desk.deliver(mail())
    return str(desk.tickets()[0]["id"])


def upload(
    desk: DeskUnderTest, ticket: str, data: bytes = b"%PDF", role: str = "agent", **headers: str
) -> TestResponse:
    """Upload a file as the page does."""
    given = {"x_file_name": quote(NAME), "content_type": "application/pdf"} | headers
    return desk.browser(role).send("POST", f"/api/tickets/{ticket}/uploads", data, **given)


def stored(desk: DeskUnderTest) -> list[str]:
    """Return the names of the objects in the bucket."""
    return sorted(path.name for path in (desk.desk.home / "files").iterdir())


def author(desk: DeskUnderTest, id: str) -> str:
    """Return who uploaded it."""
    return str(desk.documents(COLLECTION)[id]["user_id"])


def test_an_uploaded_file_is_what_is_sent(desk: DeskUnderTest, ticket: str) -> None:
    """Name, type and bytes come out as they went in, and neither stands anywhere in clear."""
    data = b"the words of a customer" * 100_000

    answer = upload(desk, ticket, data)

    assert answer.status_code == 201
    row = answer.json
    assert (row["name"], row["media_type"], row["size"]) == (NAME, "application/pdf", len(data))
    file = uploads.open(desk.app(), row["id"])
    assert (file.name, file.media_type, file.content) == (NAME, "application/pdf", data)
    [name] = stored(desk)
    assert b"customer" not in (desk.desk.home / "files" / name).read_bytes()
    assert " May.pdf" not in repr(desk.documents(COLLECTION))


def test_an_upload_is_in_the_audit_log_without_its_name(desk: DeskUnderTest, ticket: str) -> None:
    """Who uploaded and deleted what, by ids."""
    id = upload(desk, ticket).json["id"]
    desk.browser("agent").send("DELETE", f"/api/tickets/uploads/{id}")
    desk.settle()

    entries = [e for e in desk.audit() if e["action"].startswith("upload.")]

    assert {(e["action"], e["target"]["id"]) for e in entries} == {
        ("upload.created", id),
        ("upload.deleted", id),
    }
    assert " May.pdf" not in repr(entries)


def test_the_same_upload_sent_twice_is_one(desk: DeskUnderTest, ticket: str) -> None:
    """A page that repeats a request after a broken line gets its first upload."""
    first = upload(desk, ticket, idempotency_key="one")
    second = upload(desk, ticket, idempotency_key="one")
    other = upload(desk, ticket, idempotency_key="two")

    assert first.json == second.json
    assert second.status_code == 201
    assert other.json["id"] != first.json["id"]
    assert len(stored(desk)) == 2


def test_a_file_that_no_mail_could_carry_is_refused(desk: DeskUnderTest, ticket: str) -> None:
    """18 MB are 24.7 MB in a mail; one byte more is refused and leaves nothing behind but its document."""
    assert upload(desk, ticket, bytes(MAX_BYTES)).status_code == 201

    answer = upload(desk, ticket, bytes(MAX_BYTES + 1))

    assert answer.status_code == 413
    assert answer.json["code"] == "upload.too_large"
    assert len(stored(desk)) == 1


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", NAME, "upload.empty"),
        (b"x", "", "upload.name_missing"),
        (b"x", "..", "upload.name_missing"),
    ],
)
def test_what_is_no_file_is_refused(
    desk: DeskUnderTest, ticket: str, data: bytes, name: str, code: str
) -> None:
    """Nothing, or something without a name."""
    answer = upload(desk, ticket, data, x_file_name=quote(name))

    assert answer.status_code == 400
    assert answer.json["code"] == code


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\folder\\a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nBcc: b.txt", "a Bcc: b.txt"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(
    desk: DeskUnderTest, ticket: str, name: str, shown: str
) -> None:
    """Folders and line breaks of a name go nowhere."""
    found = upload(desk, ticket, x_file_name=quote(name)).json["name"]

    assert "/" not in found
    assert "\\" not in found
    assert "\n" not in found
    assert found.endswith(shown.rpartition(" ")[2])


def test_somebody_elses_upload_does_not_exist(desk: DeskUnderTest, ticket: str) -> None:
    """Neither to be deleted nor to be sent, also for a colleague in the same mailbox."""
    id = upload(desk, ticket).json["id"]

    answer = desk.browser("supervisor").send("DELETE", f"/api/tickets/uploads/{id}")

    assert answer.status_code == 404
    with pytest.raises(NotFound, match=r"^upload\.not_found$"):
        uploads.load(desk.app().store, "u_somebody", ticket, "r_1", [id])
    assert len(stored(desk)) == 1


def test_a_file_goes_with_the_ticket_it_was_uploaded_for(desk: DeskUnderTest, ticket: str) -> None:
    """So that it cannot reach another mailbox's customer."""
    desk.connect(SALES, "agent")
    desk.deliver(mail("Another"), to=SALES)
    id = upload(desk, ticket).json["id"]
    other = next(t["id"] for t in desk.tickets("agent") if t["id"] != ticket)

    with pytest.raises(NotFound):
        uploads.load(desk.app().store, author(desk, id), other, "r_1", [id])


def _attach(desk: DeskUnderTest, ticket: str, ids: list[str], reply: str) -> None:
    user_id = author(desk, ids[0])

    def work(tx: Any) -> None:
        found = uploads.load(tx, user_id, ticket, reply, ids)
        uploads.attach(tx, found, reply)

    desk.app().store.transact(work)


def test_an_attached_file_stays_until_its_reply_is_sent(desk: DeskUnderTest, ticket: str) -> None:
    """It does not expire, is not deleted by hand, is in no other reply; then it goes."""
    id = upload(desk, ticket).json["id"]
    _attach(desk, ticket, [id], "r_1")
    _attach(desk, ticket, [id], "r_1")  # the same draft, saved again

    desk.clock.advance(timedelta(days=9).total_seconds())  # type: ignore[attr-defined]
    assert uploads.sweep(desk.app()) == 0
    refused = desk.browser("agent").send("DELETE", f"/api/tickets/uploads/{id}")
    assert (refused.status_code, refused.json["code"]) == (409, "upload.attached")
    with pytest.raises(NotFound):
        _attach(desk, ticket, [id], "r_2")

    uploads.discard(desk.app(), [id])
    uploads.discard(desk.app(), [id])
    assert stored(desk) == []
    assert desk.documents(COLLECTION) == {}


def test_a_draft_that_is_opened_again_shows_its_files(desk: DeskUnderTest, ticket: str) -> None:
    """By name and size, so that who goes on writing sees what the mail will carry."""
    id = upload(desk, ticket).json["id"]
    agent = desk.browser("agent")
    path = f"/api/tickets/{ticket}/replies"
    made = agent.send("POST", path, {"upload_ids": [id]}).json

    opened = agent.send("GET", f"{path}/{made['id']}").json

    assert [(one["id"], one["name"], one["size"]) for one in opened["uploads"]] == [(id, NAME, 4)]


def test_the_files_of_one_mail_are_bounded_together(desk: DeskUnderTest, ticket: str) -> None:
    """Two that fit alone and not in one mail are refused when they are attached."""
    ids = [upload(desk, ticket, bytes(MAX_BYTES // 2 + 1)).json["id"] for _ in range(2)]

    with pytest.raises(TooLarge, match=r"^upload\.too_large$"):
        _attach(desk, ticket, ids, "r_1")


def test_what_no_reply_took_goes_after_a_day(desk: DeskUnderTest, ticket: str) -> None:
    """The tick deletes file and document, and no earlier; what a draft let go of expires again."""
    id = upload(desk, ticket).json["id"]
    _attach(desk, ticket, [id], "r_1")
    app = desk.app()
    app.store.transact(lambda tx: uploads.detach(app, tx, [id]))

    desk.clock.advance(24 * 3600 - 5)  # type: ignore[attr-defined]
    desk.tick("apply_deadlines")
    assert len(stored(desk)) == 1
    desk.clock.advance(10)  # type: ignore[attr-defined]
    desk.tick("apply_deadlines")

    assert stored(desk) == []
    assert desk.documents(COLLECTION) == {}


def test_an_upload_that_broke_off_leaves_nothing_for_long(desk: DeskUnderTest, ticket: str) -> None:
    """It cannot be sent, the next attempt replaces it, and what is left of it goes with the sweep."""
    assert upload(desk, ticket, b"", idempotency_key="one").status_code == 400
    [id] = desk.documents(COLLECTION)
    with pytest.raises(NotFound):
        uploads.open(desk.app(), id)
    with pytest.raises(NotFound):
        uploads.load(desk.app().store, author(desk, id), ticket, "r_1", [id])

    assert upload(desk, ticket, b"whole", idempotency_key="one").json["id"] == id
    assert uploads.open(desk.app(), id).content == b"whole"
    assert len(stored(desk)) == 1


def test_of_two_attempts_at_one_upload_one_counts(desk: DeskUnderTest, ticket: str) -> None:
    """The later attempt takes over; the earlier one is told, and its file is gone."""
    agent = desk.browser("agent")
    path = f"/api/tickets/{ticket}/uploads"
    given = {"x_file_name": "a.txt", "idempotency_key": "one"}
    begun: list[str] = []
    overtaken: list[TestResponse] = []
    folder = desk.desk.files

    class Slow:
        """A bucket in which a second request comes while the first one's file is written."""

        def put(self, name: str, content: Any) -> None:
            if not begun:
                begun.append(name)
                overtaken.append(agent.twin().send("POST", path, b"second", **given))
            folder.put(name, content)

        def __getattr__(self, name: str) -> Any:
            return getattr(folder, name)

    desk.desk.files = Slow()  # type: ignore[assignment]
    desk.desk._apps.clear()
    composition.install(desk.desk.app)
    first = agent.send("POST", path, b"first", **given)

    assert overtaken[0].status_code == 201
    assert (first.status_code, first.json["code"]) == (409, "upload.superseded")
    assert uploads.open(desk.app(), overtaken[0].json["id"]).content == b"second"
    assert len(stored(desk)) == 1
