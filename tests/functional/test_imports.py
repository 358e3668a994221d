"""Tickets of FreeScout, Zammad and our own export: brought in once, told to nobody, bad lines reported."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.domain import jobs
from shared.domain.jobs import Format
from shared.services.exchange import import_formats, importing
from shared.services.exchange.import_formats import BadLine
from tests.desk import SALES, SUPPORT, DeskUnderTest, mail


def freescout(id: int = 7, **changes: Any) -> dict[str, Any]:
    """Return a conversation as FreeScout's API gives it."""
    conversation = {
        "id": id,
        "number": id + 100,
        "type": "email",
        "status": "closed",
        "state": "published",
        "subject": "فاتورة 7",
        "createdAt": "2025-03-01T10:00:00Z",
        "customer": {"id": 1, "firstName": "Nora", "lastName": "Lind", "email": "Nora@Customers.example.net"},
        "_embedded": {
            "tags": [{"id": 1, "name": "Invoices"}],
            "threads": [
                {
                    "id": 71,
                    "type": "customer",
                    "state": "published",
                    "body": "<div>The <b>fuse</b> is gone.<br>Please help</div>",
                    "createdBy": {"type": "customer", "firstName": "Nora", "lastName": "Lind"},
                    "createdAt": "2025-03-01T10:00:00Z",
                    "_embedded": {
                        "attachments": [{"id": 1, "fileName": "fuse.png", "size": 1234}]
                    },
                },
                {
                    "id": 72,
                    "type": "message",
                    "state": "published",
                    "body": "On its way.",
                    "createdBy": {"type": "user", "firstName": "Max", "lastName": ""},
                    "createdAt": "2025-03-02T08:00:00Z",
                },
                {"id": 73, "type": "lineitem", "state": "published"},
                {"id": 74, "type": "note", "state": "draft", "body": "half"},
            ],
        },
    }  # fmt: skip
    return conversation | changes


def zammad(id: int = 9, **changes: Any) -> dict[str, Any]:
    """Return a ticket as Zammad's API gives it, with its articles."""
    ticket = {
        "id": id,
        "number": "31009",
        "title": "The scanner",
        "state": "pending reminder",
        "priority": "3 high",
        "customer": "omar@customers.example.net",
        "created_at": "2025-05-01T10:00:00.123Z",
        "articles": [
            {
                "id": 91,
                "from": "Omar <omar@customers.example.net>",
                "body": "It scans <nothing>.",
                "content_type": "text/plain",
                "internal": False,
                "created_at": "2025-05-01T10:00:00.123Z",
                "attachments": [{"id": 3, "filename": "scan.pdf", "size": "88"}],
            }
        ],
    }
    return ticket | changes


@pytest.fixture(autouse=True)
def mailbox(desk: DeskUnderTest) -> str:
    """Connect the mailbox that is imported into."""
    return desk.connect()


def lines(*values: Any) -> bytes:
    """Return values as JSONL; bytes as they are."""
    return b"".join((v if isinstance(v, bytes) else json.dumps(v).encode()) + b"\n" for v in values)


def begin(
    desk: DeskUnderTest,
    format: str,
    content: bytes,
    *,
    to: str = SUPPORT,
    dry_run: str = "no",
    **headers: str,
) -> TestResponse:
    """Ask for an import as an administrator."""
    path = f"/api/admin/imports?mailbox_id={desk.mailboxes[to]}&format={format}&dry_run={dry_run}"
    administrator = desk.browser("administrator")
    return administrator.send("POST", path, content, **headers)


def bring(desk: DeskUnderTest, format: str, content: bytes, **options: str) -> dict[str, Any]:
    """Import a file and return what became of it."""
    answer = begin(desk, format, content, **options)
    assert answer.status_code == 201, answer.data
    desk.settle()
    done = desk.browser("administrator").get(f"/api/admin/imports/{answer.json['id']}").json
    assert done["state"] == "done", done
    return dict(done)


def counts(done: dict[str, Any]) -> dict[str, int]:
    """Return the counts of a report that are not 0."""
    names = ("created", "completed", "unchanged", "notes", "bad")
    return {name: done[name] for name in names if done[name]}


def notes(desk: DeskUnderTest, ticket_id: str, role: str = "agent") -> list[dict[str, Any]]:
    """Return the notes of a ticket as a person sees them, the earliest first."""
    items = desk.browser(role).get(f"/api/tickets/{ticket_id}/notes?limit=100").json["items"]
    return sorted(items, key=lambda note: note["written_at"] or note["created_at"])


def test_a_freescout_conversation_becomes_a_ticket_with_notes(desk: DeskUnderTest) -> None:
    """State, tags, customer, authors and times are kept; HTML is text; attachments are listed."""
    done = bring(desk, "freescout", lines(freescout()))

    assert counts(done) == {"created": 1, "notes": 2}
    [ticket] = desk.tickets("agent")
    assert (ticket["subject"], ticket["state"]) == ("فاتورة 7", "closed")
    assert ticket["customer"] == {"name": "Nora Lind", "address": "nora@customers.example.net"}
    assert ticket["tags"] == ["invoices"]
    first, second = notes(desk, ticket["id"])
    assert first["text"] == "The fuse is gone.\nPlease help\n\n[fuse.png, 1234 B]"
    assert (first["author_name"], second["author_name"]) == ("Nora Lind", "Max")
    assert first["imported"] is second["imported"] is True
    assert first["written_at"].startswith("2025-03-01T10:00:00")
    assert second["text"] == "On its way."


def test_a_zammad_ticket_becomes_a_ticket_with_notes(desk: DeskUnderTest) -> None:
    """Its states and priorities are ours; plain text stays plain."""
    done = bring(desk, "zammad", lines(zammad()))

    assert counts(done) == {"created": 1, "notes": 1}
    [ticket] = desk.tickets("agent")
    assert (ticket["subject"], ticket["state"]) == ("The scanner", "pending")
    assert ticket["priority"] == "high"
    [note] = notes(desk, ticket["id"])
    assert note["text"] == "It scans <nothing>.\n\n[scan.pdf, 88 B]"


def test_a_second_run_changes_nothing(desk: DeskUnderTest) -> None:
    """What is there stays as it is, and only what is missing is added."""
    bring(desk, "freescout", lines(freescout(), freescout(8)))
    before = {c: desk.documents(c) for c in ("tickets", "notes", "codes")}

    again = bring(desk, "freescout", lines(freescout(), freescout(8)))

    assert counts(again) == {"unchanged": 2}
    assert {c: desk.documents(c) for c in before} == before
    longer = freescout()
    longer["_embedded"]["threads"].append(
        {"id": 79, "type": "note", "body": "Later", "createdAt": "2025-03-03T08:00:00Z"}
    )
    assert counts(bring(desk, "freescout", lines(longer))) == {"completed": 1, "notes": 1}
    assert len(desk.documents("tickets")) == 2


def test_nothing_is_told_to_anybody(desk: DeskUnderTest) -> None:
    """No mail goes out, no notification, no promised time, no rule; the log has it."""
    administrator = desk.browser("administrator")
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/settings"
    minutes = {"first_reply_minutes": 1, "next_reply_minutes": 1, "solve_minutes": 1}
    settings = {"acknowledge": True, "targets": {"normal": minutes, "high": minutes}}
    assert administrator.send("PATCH", path, settings, if_match='"0"').status_code == 200

    bring(desk, "zammad", lines(zammad(state="open", priority="2 normal")))
    desk.clock.advance(7 * 24 * 3600)  # type: ignore[attr-defined]
    desk.tick("apply_deadlines")
    desk.settle()

    [ticket] = desk.documents("tickets").values()
    assert (ticket["deadline_at"], ticket["breached"], ticket["followers"]) == (None, [], [])
    assert desk.sandbox.sends() == []
    assert desk.documents("notifications") == {}
    assert desk.documents("replies") == {}
    about = [e for e in desk.audit() if e["target"] and e["target"]["type"] == "ticket"]
    assert [e["action"] for e in about] == ["ticket.imported"]


def test_bad_lines_are_reported_and_stop_nothing(desk: DeskUnderTest) -> None:
    """Each with its number and why, quoting nothing of it."""
    done = bring(
        desk,
        "freescout",
        lines(
            b'{"id": 1, "broken',
            freescout(),
            b"[1, 2]",
            freescout(8, status="weird"),
            b"",
            freescout(9, createdAt="yesterday"),
            freescout(10, subject=12),
            {"subject": "no id"},
            freescout(11),
        ),
    )

    assert counts(done) == {"created": 2, "notes": 2 * 2, "bad": 6}
    assert [(row["line"], row["code"]) for row in done["bad_rows"]] == [
        (1, "import.malformed_json"),
        (3, "import.not_an_object"),
        (4, "import.state_unknown"),
        (6, "import.time_malformed"),
        (7, "import.subject_malformed"),
        (8, "import.time_malformed"),
    ]
    assert done["line"] == 9
    assert done["bytes_done"] == done["bytes"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(desk: DeskUnderTest) -> None:
    """The report is the one that the import then gives."""
    content = lines(freescout(), b"nonsense", freescout(8))

    tried = bring(desk, "freescout", content, dry_run="yes")
    assert desk.documents("tickets") == desk.documents("notes") == {}
    assert desk.documents(jobs.ROWS) == {}
    done = bring(desk, "freescout", content)

    assert counts(tried) == counts(done) == {"created": 2, "notes": 4, "bad": 1}


def test_a_step_that_comes_twice_is_done_once(desk: DeskUnderTest) -> None:
    """Whatever Pub/Sub repeats: the same tickets, notes and report."""
    content = lines(*(freescout(number) for number in range(50)))
    id = begin(desk, "freescout", content).json["id"]

    for step in range(6):
        for number in (step, max(0, step - 1), step):
            assert desk.push("run_job", {"job_id": id, "step": number}).status_code == 204
    desk.settle()

    done = desk.browser("administrator").get(f"/api/admin/imports/{id}").json
    assert (done["state"], counts(done)) == ("done", {"created": 50, "notes": 100})
    assert len(desk.documents("tickets")) == 50
    assert len(desk.documents("notes")) == 100


def test_a_step_that_died_reports_the_same(desk: DeskUnderTest) -> None:
    """Its lines are there already when it is done again, and count as what they were."""
    content = lines(*(freescout(number) for number in range(3)))
    id = begin(desk, "freescout", content).json["id"]
    before = desk.documents(jobs.COLLECTION)[id]
    assert desk.push("run_job", {"job_id": id, "step": 0}).status_code == 204
    desk.app().store.transact(lambda tx: tx.put(jobs.COLLECTION, id, before))  # as if it had died

    desk.push("run_job", {"job_id": id, "step": 0})

    done = desk.browser("administrator").get(f"/api/admin/imports/{id}").json
    assert (done["state"], counts(done)) == ("done", {"created": 3, "notes": 6})
    assert len(desk.documents("notes")) == 6


def test_a_long_conversation_keeps_all_its_notes(desk: DeskUnderTest) -> None:
    """More than one transaction holds, and the largest that a note may be."""
    threads = [
        {"id": n, "type": "note", "body": body, "createdAt": "2025-03-01T10:00:00Z"}
        for n in range(130)
        for body in ["x" * 70_000 if n < 3 else f"Note {n}"]
    ]

    done = bring(desk, "freescout", lines(freescout(_embedded={"threads": threads})))

    assert counts(done) == {"created": 1, "notes": 130}
    assert len(desk.documents("notes")) == 130
    assert counts(bring(desk, "freescout", lines(freescout(_embedded={"threads": threads})))) == {
        "unchanged": 1
    }


def test_our_own_export_comes_back(desk: DeskUnderTest) -> None:
    """Tickets and notes that are missing are made anew, in another mailbox too; what is there stays."""
    desk.deliver(mail("The printer"))
    [ticket] = desk.tickets("agent")
    agent = desk.browser("agent")
    agent.send("POST", f"/api/tickets/{ticket['id']}/notes", {"text": "Look at the fuse."})
    tickets, written = _exported(desk, "tickets"), _exported(desk, "notes")
    assert counts(bring(desk, "own", tickets + written)) == {"unchanged": 2}

    desk.connect(SALES, "administrator", "agent")
    first = bring(desk, "own", tickets, to=SALES)
    second = bring(desk, "own", written, to=SALES)

    assert (counts(first), counts(second)) == ({"created": 1}, {"completed": 1, "notes": 1})
    [copy] = [t for t in desk.tickets("agent") if t["mailbox_id"] == desk.mailboxes[SALES]]
    assert (copy["subject"], copy["customer"]) == (ticket["subject"], ticket["customer"])
    [note] = notes(desk, copy["id"])
    assert note["text"] == "Look at the fuse."
    assert note["author_name"]
    again = bring(desk, "own", written, to=SALES)
    assert counts(again) == {"unchanged": 1}


def _exported(desk: DeskUnderTest, collection: str) -> bytes:
    administrator = desk.browser("administrator")
    id = administrator.send("POST", "/api/admin/exports", {"mail": False}).json["id"]
    desk.settle()
    done = administrator.get(f"/api/admin/exports/{id}").json
    name = f"{desk.mailboxes[SUPPORT]}/{collection}.jsonl"
    [url] = [file["url"] for file in done["files"] if file["name"] == name]
    return administrator.get(url).data


def test_a_note_without_its_ticket_is_a_bad_line(desk: DeskUnderTest) -> None:
    """Tickets come first."""
    note = {"collection": "notes", "id": "n_1", "ticket_id": "t_" + "0" * 26}
    said = {"created_at": "2025-01-01T00:00:00Z", "content": {"text": "Lost"}}

    done = bring(desk, "own", lines(note | said))

    assert done["bad_rows"] == [{"line": 1, "code": "import.ticket_not_here"}]


def test_a_file_goes_into_no_mailbox_of_others(desk: DeskUnderTest) -> None:
    """Not when it is asked for, and not when the requester has left the mailbox meanwhile."""
    desk.connect(SALES, "supervisor")
    refused = begin(desk, "freescout", lines(freescout()), to=SALES)
    assert (refused.status_code, refused.json["code"]) == (404, "mailbox.not_found")

    id = begin(desk, "freescout", lines(freescout())).json["id"]
    user = desk.browser("administrator").get("/api/session/").json["user"]["id"]
    desk.app().store.transact(lambda tx: tx.update("users", user, {"mailbox_ids": []}))
    desk.settle()

    done = desk.browser("administrator").get(f"/api/admin/imports/{id}").json
    assert (done["state"], done["failure"]) == ("done", "permission.missing")
    assert desk.documents("tickets") == {}


def test_nothing_imported_stands_in_clear(desk: DeskUnderTest) -> None:
    """Neither in the store nor in the bucket, and the file goes a week later."""
    bring(desk, "freescout", lines(freescout()))

    stored = repr({c: desk.documents(c) for c in ("tickets", "notes", "jobs", "import_rows")})
    [path] = (desk.desk.home / "files").iterdir()
    for secret in (" is gone", "fuse.png", "Nora Lind", "customers.example.net", "فاتورة"):
        assert secret not in stored
        assert secret.encode() not in path.read_bytes()
    desk.clock.advance(7 * 24 * 3600 + 1)  # type: ignore[attr-defined]
    desk.tick("apply_deadlines")
    assert list((desk.desk.home / "files").iterdir()) == []


def test_a_cancelled_import_brings_nothing_more(desk: DeskUnderTest) -> None:
    """What it had brought stays; its file goes with the next tick."""
    id = begin(desk, "freescout", lines(*(freescout(n) for n in range(45)))).json["id"]
    administrator = desk.browser("administrator")
    desk.push("run_job", {"job_id": id, "step": 0})

    assert administrator.send("DELETE", f"/api/admin/imports/{id}").status_code == 204
    desk.settle()

    assert administrator.get(f"/api/admin/imports/{id}").json["state"] == "cancelled"
    assert len(desk.documents("tickets")) == 20
    desk.clock.advance(1)  # type: ignore[attr-defined]
    desk.tick("apply_deadlines")
    assert list((desk.desk.home / "files").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "import.empty"), (bytes(30_000_001), "import.too_large")]
)
def test_what_is_no_file_is_refused(desk: DeskUnderTest, content: bytes, code: str) -> None:
    """Nothing, and more than a request may carry."""
    answer = begin(desk, "zammad", content)

    assert answer.status_code in (400, 413)
    assert answer.json["code"] == code
    assert list((desk.desk.home / "files").iterdir()) == []


def test_the_same_request_sent_twice_is_one_import(desk: DeskUnderTest) -> None:
    """A page that repeats a request after a broken line gets its first import."""
    first = begin(desk, "zammad", lines(zammad()), idempotency_key="one")
    second = begin(desk, "zammad", lines(zammad()), idempotency_key="one")

    assert first.json["id"] == second.json["id"]
    assert len(desk.browser("administrator").get("/api/admin/imports").json["items"]) == 1


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize(
    "value",
    [
        {},
        {"id": None},
        {"id": 1, "_embedded": 3},
        {"id": True},
        "text",
        None,
        1,
        {"id": 1, "articles": [3]},
    ],
)
def test_no_object_breaks_a_reader(format: Format, value: object) -> None:
    """A stranger's file is read or refused with a code, never with a bug."""
    with pytest.raises(BadLine):
        import_formats.read(format, value)


@pytest.mark.parametrize("size", [997, 65_536, 1_048_576, 10_000_000])
def test_lines_are_found_wherever_chunks_end(size: int) -> None:
    """From any line on, with a too long one passed over and counted."""
    content = b"one\n\n" + b"x" * (importing.MAX_LINE_BYTES + 1) + b"\nfour\r\nfive"
    chunks = [content[at : at + size] for at in range(0, len(content), size)]

    found = list(importing.lines(iter(chunks), 0))

    assert [line for line, _ in found] == [b"one", b"", None, b"four\r", b"five"]
    assert found[-1][1] == len(content)
    for number, (_, end) in enumerate(found[:-1]):
        assert list(importing.lines(iter(chunks), end)) == found[number + 1 :]


def test_customers_of_imported_tickets_are_known(desk: DeskUnderTest) -> None:
    """Somebody new becomes a customer once; who wrote by mail before or afterwards is the same one."""
    desk.deliver(mail("By mail", sender="Omar <omar@customers.example.net>"))

    bring(desk, "freescout", lines(freescout(1), freescout(2)))
    bring(desk, "zammad", lines(zammad()))
    desk.deliver(mail("Again", sender="Nora <nora@customers.example.net>"))

    by_subject: dict[str, set[str]] = {}
    for ticket in desk.tickets("agent"):
        by_subject.setdefault(ticket["subject"], set()).add(ticket["customer_id"])
    assert by_subject["فاتورة 7"] == by_subject["Again"]
    assert by_subject["The scanner"] == by_subject["By mail"]
    assert len(desk.documents("customers")) == 2
