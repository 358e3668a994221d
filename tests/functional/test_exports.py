"""Export of everything that one may see: by steps, resumable, sealed, downloaded by its requester alone."""

from __future__ import annotations

import hashlib
import json
import mailbox as mailboxes
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.domain import jobs
from shared.domain.people import USERS
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail

TRICKY = "Dear all,\n\nFrom here on it is mine.\n>From the start.\n\u2028an odd line end\n"


@pytest.fixture(autouse=True)
def ticket(desk: DeskUnderTest) -> str:
    """Let two mails arrive, one in a mailbox of others, and write a note; give the ticket of the first."""
    desk.connect()
    desk.connect(BILLING, "supervisor")
    desk.deliver(mail("The printer", TRICKY))
    desk.deliver(mail("A secret bill", "Nobody else's business."), to=BILLING)
    [ticket] = desk.tickets("agent")
    agent = desk.browser("agent")
    answer = agent.send("POST", f"/api/tickets/{ticket['id']}/notes", {"text": "Look at the fuse."})
    assert answer.status_code == 201, answer.data
    desk.settle()
    return str(ticket["id"])


def begin(desk: DeskUnderTest, **body: Any) -> TestResponse:
    """Ask for an export as an administrator."""
    return desk.browser("administrator").send("POST", "/api/admin/exports", body)


def export(desk: DeskUnderTest, **body: Any) -> dict[str, Any]:
    """Ask for an export, let it be made, and return it."""
    answer = begin(desk, **body)
    assert answer.status_code == 201, answer.data
    desk.settle()
    done = desk.browser("administrator").get(f"/api/admin/exports/{answer.json['id']}").json
    assert done["state"] == "done", done
    return dict(done)


def files(
    desk: DeskUnderTest, done: dict[str, Any], role: str = "administrator"
) -> dict[str, bytes]:
    """Download every file of an export by name."""
    browser = desk.browser(role)
    found = {}
    for file in done["files"]:
        answer = browser.get(file["url"])
        assert answer.status_code == 200, answer.data
        assert len(answer.data) == file["size"]
        found[file["name"]] = answer.data
    return found


def rows(content: bytes) -> list[dict[str, Any]]:
    """Read JSONL."""
    return [json.loads(line) for line in content.split(b"\n") if line]


def test_an_export_holds_tickets_notes_and_mail(desk: DeskUnderTest, ticket: str) -> None:
    """What was sealed is readable; what is for machines alone is not there."""
    found = files(desk, export(desk))

    own = desk.mailboxes[SUPPORT]
    [row] = rows(found[f"{own}/tickets.jsonl"])
    assert (row["id"], row["content"]["subject"]) == (ticket, "The printer")
    assert row["content"]["customer"]["address"] == "nora@customers.example.net"
    [note] = rows(found[f"{own}/notes.jsonl"])
    assert note["content"]["text"] == "Look at the fuse."
    [customer] = rows(found[f"{own}/customers.jsonl"])
    assert "nora@customers.example.net" in repr(customer["content"])
    [known] = rows(found[f"{own}/mailboxes.jsonl"])
    assert known["content"] == {"address": SUPPORT}
    for name, content in found.items():
        if name.endswith(".jsonl"):
            assert not re.search(rb'"[a-z_]*(tokens?|sealed|password|credential)":', content), name


def test_the_mail_is_as_gmail_has_it(desk: DeskUnderTest, ticket: str, tmp_path: Path) -> None:
    """As mboxrd: any reader of mbox finds the messages, and taking one > away gives them back."""
    found = files(desk, export(desk))
    path = tmp_path / "mail.mbox"
    path.write_bytes(found[f"{desk.mailboxes[SUPPORT]}/mail.mbox"])

    with closing(mailboxes.mbox(path)) as box:
        [message] = box

    assert message["X-CMO-Ticket"] == ticket
    text = re.sub(rb"(?m)^>(>*From )", rb"\1", message.get_payload(decode=True))
    assert text.decode().rstrip("\n") == TRICKY.rstrip("\n")


def test_an_administrator_exports_no_mailbox_of_others(desk: DeskUnderTest) -> None:
    """Neither by leaving mailboxes out nor by naming one; and nothing of it is in any file."""
    refused = begin(desk, mailbox_ids=[desk.mailboxes[BILLING]])
    assert (refused.status_code, refused.json["code"]) == (404, "mailbox.not_found")

    done = export(desk)

    assert done["mailbox_ids"] == [desk.mailboxes[SUPPORT]]
    everything = b"".join(files(desk, done).values())
    assert b"secret bill" not in everything
    assert b"Nobody else" not in everything


def test_whoever_leaves_a_mailbox_meanwhile_gets_nothing_of_it(desk: DeskUnderTest) -> None:
    """Rights are asked at each step, and again at each download."""
    whole = export(desk)
    answer = begin(desk)
    user = _user_id(desk, "administrator")
    desk.app().store.transact(lambda tx: tx.update(USERS, user, {"mailbox_ids": []}))
    desk.settle()

    half = desk.browser("administrator").get(f"/api/admin/exports/{answer.json['id']}").json
    # That a mailbox is there, administrators see everywhere.
    shown = {f["name"]: f for f in half["files"] if f["mailbox_id"]}
    shown = {name: f for name, f in shown.items() if not name.endswith("/mailboxes.jsonl")}
    assert {f["problem"] for f in shown.values()} == {"permission.missing"}
    assert {f["size"] for f in shown.values()} == {0}
    for file in whole["files"]:
        status = desk.browser("administrator").get(file["url"]).status_code
        assert status == (404 if file["mailbox_id"] else 200), file


def _user_id(desk: DeskUnderTest, role: str) -> str:
    return str(desk.browser(role).get("/api/session/").json["user"]["id"])


def test_the_manifest_names_every_piece_with_its_hash(desk: DeskUnderTest) -> None:
    """Whoever has the files can check that they are whole, offline."""
    found = files(desk, export(desk))

    manifest = json.loads(found.pop("manifest.json"))
    assert {file["name"] for file in manifest["files"]} == set(found)
    for file in manifest["files"]:
        at = 0
        for piece in file["pieces"]:
            part = found[file["name"]][at : at + piece["size"]]
            assert hashlib.sha256(part).hexdigest() == piece["sha256"]
            at += piece["size"]
        assert at == len(found[file["name"]])


def test_many_rows_become_one_file(desk: DeskUnderTest) -> None:
    """Pieces follow each other without a seam, also of mail, and none is there twice."""
    for number in range(25):
        desk.sandbox.deliver(SUPPORT, mail(f"Subject {number}", f"Text {number}"))
    desk.settle()

    done = export(desk)
    found = files(desk, done)

    own = desk.mailboxes[SUPPORT]
    subjects = {row["content"]["subject"] for row in rows(found[f"{own}/tickets.jsonl"])}
    assert subjects == {"The printer", *(f"Subject {number}" for number in range(25))}
    assert found[f"{own}/mail.mbox"].count(b"\nX-CMO-Message: ") == 26
    pieces = [p for p in desk.documents(jobs.PIECES).values() if p["job_id"] == done["id"]]
    assert len(pieces) > len([file for file in done["files"] if file["size"]])


def test_nothing_of_an_export_stands_in_clear(desk: DeskUnderTest) -> None:
    """The bucket and the documents of the job hold ciphertext, ids and numbers."""
    export(desk)

    content = b"".join(path.read_bytes() for path in (desk.desk.home / "files").iterdir())
    told = repr(desk.documents(jobs.COLLECTION)) + repr(desk.documents(jobs.PIECES))
    for secret in ("printer", "fuse", "customers.example.net", "Dear all"):
        assert secret.encode() not in content
        assert secret not in told


def test_a_disconnected_mailbox_takes_its_exports_with_it(desk: DeskUnderTest) -> None:
    """Its files are sealed under its key, and open nowhere when that is destroyed."""
    done = export(desk)
    own = desk.mailboxes[SUPPORT]

    desk.desk.app("admin").envelope.destroy(own)
    administrator = desk.browser("administrator")
    answers = {
        f["name"]: administrator.get(f["url"])
        for f in done["files"]
        if f["mailbox_id"] and f["size"]
    }

    assert f"{own}/tickets.jsonl" in answers
    for answer in answers.values():
        assert (answer.status_code, answer.json["code"]) == (404, "key.not_found")
    # As disconnecting would: the desk's own check opens what is sealed.
    for collection in ("tickets", "messages"):
        for id, document in desk.documents(collection).items():
            if document["mailbox_id"] == own:
                _delete(desk, collection, id)


def _delete(desk: DeskUnderTest, collection: str, id: str) -> None:
    desk.app().store.transact(lambda tx: tx.delete(collection, id))


def test_mail_that_gmail_has_no_longer_is_named(desk: DeskUnderTest) -> None:
    """The export goes on, and its manifest says which messages are missing."""
    [gmail_id] = [m["id"] for m in desk.sandbox.messages(SUPPORT)]
    desk.sandbox.act(SUPPORT, "delete", gmail_id)

    done = export(desk)

    own = desk.mailboxes[SUPPORT]
    [file] = [f for f in done["files"] if f["name"] == f"{own}/mail.mbox"]
    assert (file["missing"], file["rows"]) == (1, 0)
    manifest = json.loads(files(desk, done)["manifest.json"])
    [named] = [f["missing"] for f in manifest["files"] if f["name"] == f"{own}/mail.mbox"]
    assert named == [
        id for id, m in desk.documents("messages").items() if m["gmail_id"] == gmail_id
    ]


def test_a_cancelled_export_leaves_nothing(desk: DeskUnderTest) -> None:
    """Its steps do nothing more, and the next tick deletes what it had made."""
    administrator = desk.browser("administrator")
    id = begin(desk).json["id"]
    for _ in range(8):
        desk.courier.deliver_due()

    assert administrator.send("DELETE", f"/api/admin/exports/{id}").status_code == 204
    desk.settle()
    assert administrator.get(f"/api/admin/exports/{id}").json["state"] == "cancelled"
    desk.clock.advance(1)  # type: ignore[attr-defined]
    desk.tick("apply_deadlines")

    assert list((desk.desk.home / "files").iterdir()) == []
    assert desk.documents(jobs.PIECES) == {}
    assert administrator.get(f"/api/admin/exports/{id}").status_code == 404


def test_an_export_is_gone_after_a_week(desk: DeskUnderTest) -> None:
    """Until then it can be downloaded; at the minute after neither it nor its files are there."""
    done = export(desk)
    path = done["files"][0]["url"]

    desk.clock.advance(7 * 24 * 3600 - 60)  # type: ignore[attr-defined]
    assert desk.browser("administrator").get(path).status_code == 200
    desk.clock.advance(61)  # type: ignore[attr-defined]
    assert desk.browser("administrator").get(path).status_code == 404
    for _ in range(3):
        desk.tick("apply_deadlines")

    assert list((desk.desk.home / "files").iterdir()) == []
    assert desk.documents(jobs.COLLECTION) == {}


def test_an_export_is_its_requesters_alone(desk: DeskUnderTest) -> None:
    """Another administrator sees neither it nor its files."""
    done = export(desk)
    other = _second_administrator(desk)

    assert other.get("/api/admin/exports").json["items"] == []
    for path in (f"/api/admin/exports/{done['id']}", done["files"][0]["url"]):
        assert other.get(path).status_code == 404
    assert other.send("DELETE", f"/api/admin/exports/{done['id']}").status_code == 404


def _second_administrator(desk: DeskUnderTest) -> DeskBrowser:
    from local import seed

    address = "second@example.com"
    seed._create(desk.desk, "administrator", address, "a password")
    desk.people["second"] = (address, "a password")
    return desk.browser("second")


def test_asking_and_downloading_are_in_the_audit_log(desk: DeskUnderTest) -> None:
    """Who took which file of what out of the desk."""
    done = export(desk)
    desk.browser("administrator").get(done["files"][0]["url"])
    desk.settle()

    entries = [e for e in desk.audit() if e["action"].startswith("export.")]

    assert {e["action"]: e["actor"]["type"] for e in entries} == {
        "export.requested": "user",
        "export.finished": "function",
        "export.downloaded": "user",
    }
    assert {e["target"]["id"] for e in entries} == {done["id"]}


def test_asking_wants_a_factor_proved_now(desk: DeskUnderTest) -> None:
    """A session left open takes nothing out."""
    administrator = desk.browser("administrator")
    desk.clock.advance(601)  # type: ignore[attr-defined]

    answer = administrator.send("POST", "/api/admin/exports", {})

    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")


def test_the_same_request_sent_twice_is_one_export(desk: DeskUnderTest) -> None:
    """And nobody has more than three going at once."""
    administrator = desk.browser("administrator")
    path = "/api/admin/exports"
    first = administrator.send("POST", path, {}, idempotency_key="one")
    second = administrator.send("POST", path, {}, idempotency_key="one")
    others = [administrator.send("POST", path, {}).status_code for _ in range(3)]

    assert first.json["id"] == second.json["id"]
    assert others == [201, 201, 409]
    assert len(administrator.get(path).json["items"]) == 3


def test_a_step_that_comes_twice_is_done_once(desk: DeskUnderTest) -> None:
    """Whatever Pub/Sub repeats, and however late: the files are the same and none is left over."""
    once = files(desk, export(desk))
    id = begin(desk).json["id"]
    for step in range(200):
        for number in (step, max(0, step - 1), step):
            assert desk.push("run_job", {"job_id": id, "step": number}).status_code == 204
    desk.settle()

    done = desk.browser("administrator").get(f"/api/admin/exports/{id}").json
    twice = files(desk, done)

    assert done["state"] == "done"
    once.pop("manifest.json")
    twice.pop("manifest.json")
    assert {n: c for n, c in twice.items() if "/changes" not in n} == {
        n: c for n, c in once.items() if "/changes" not in n
    }
    kept = len(list((desk.desk.home / "files").iterdir()))
    assert kept == len(desk.documents(jobs.PIECES))


def test_an_export_waits_while_gmail_takes_no_more(desk: DeskUnderTest) -> None:
    """A throttled mailbox puts the step off; afterwards the export is whole."""
    desk.connect(SALES, "administrator")
    desk.deliver(mail("An order"), to=SALES)
    desk.sandbox.plant("messages.get", "too_many_requests", SALES, times=2, retry_after=90)
    id = begin(desk, mailbox_ids=[desk.mailboxes[SALES]]).json["id"]

    states = []
    for _ in range(4):
        desk.settle()
        states.append(desk.browser("administrator").get(f"/api/admin/exports/{id}").json["state"])
        desk.clock.advance(120)  # type: ignore[attr-defined]

    assert states[0] == "running"
    assert states[-1] == "done"
    done = desk.browser("administrator").get(f"/api/admin/exports/{id}").json

    found = files(desk, done)
    assert found[f"{desk.mailboxes[SALES]}/mail.mbox"].count(b"Subject: An order") == 1


def test_an_export_shows_the_mailboxes_of_its_requester_and_no_others(desk: DeskUnderTest) -> None:
    """Under every membership: each mail and each ticket of one's own is there, and none of another's."""
    desk.connect(SALES, "agent")
    desk.deliver(mail("An order"), to=SALES)
    subjects = {SUPPORT: b"The printer", SALES: b"An order", BILLING: b"A secret bill"}
    user = _user_id(desk, "administrator")

    for number in range(2 ** len(subjects)):
        own = [address for bit, address in enumerate(subjects) if number >> bit & 1]
        ids = [desk.mailboxes[address] for address in own]
        desk.app().store.transact(lambda tx, ids=ids: tx.update(USERS, user, {"mailbox_ids": ids}))  # type: ignore[misc]

        found = files(desk, export(desk))

        everything = b"".join(found.values())
        for address, subject in subjects.items():
            shown = address in own
            assert (subject in everything) is shown, (own, address)
            assert (f"{desk.mailboxes[address]}/mail.mbox" in found) is shown


def test_no_secret_leaves_the_desk(desk: DeskUnderTest) -> None:
    """Passwords of servers, Google's grant and what proves who somebody is are in no file."""
    administrator = desk.browser("administrator")
    server = {"host": "smtp.example.com", "port": 465, "security": "tls", "sender": SUPPORT}
    server |= {"username": "support", "password": "open sesame"}
    own = desk.mailboxes[SUPPORT]
    path = f"/api/admin/mailboxes/{own}/smtp"
    assert administrator.send("PATCH", path, server, if_match='"0"').status_code == 200
    path = "/api/admin/organisation/smtp"
    assert administrator.send("PATCH", path, server, if_match='"0"').status_code == 200

    found = files(desk, export(desk))

    everything = b"".join(found.values())
    assert (
        b"smtp.example.com" in everything
    )  # the organisation's own server is named, without its password
    user = desk.documents(USERS)[_user_id(desk, "administrator")]
    grant = desk.documents("mailboxes")[own]["credential"]
    for secret in ("open sesame", grant, *user["password"].values()):
        assert str(secret).encode() not in everything
    assert b"refresh" not in everything
