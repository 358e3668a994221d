"""Exports, imports, renamed tags: whichever call of a seam fails, in whichever way, the end is the same."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from shared import codec
from shared.domain import jobs
from shared.domain.jobs import Job
from shared.services import audit_log, sealed_files
from shared.services.exchange import exporting
from shared.services.privacy import data_exports
from shared.services.tagging import retagging
from shared.services.tickets import ticket_changes
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Rule
from tests.faults.rig import Rig

Outcome = dict[str, Any]
CONVERSATIONS: Final = [
    {
        "id": number,
        "status": "active",
        "subject": f"Subject {number}",
        "createdAt": "2025-03-01T10:00:00Z",
        "customer": {"firstName": "Nora", "email": "nora@customers.example.net"},
        "_embedded": {
            "threads": [{"id": 1, "body": "<p>Text</p>", "createdAt": "2025-03-01T10:00:00Z"}]
        },
    }
    for number in (1, 2)
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with a mailbox and two mails."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail("One", "From here on."))
        desk.deliver(mail("Two"))
        yield desk


def exported(desk: DeskUnderTest, id: str) -> Outcome:
    """Return what an export holds at the end: its files, and what is left in bucket and store."""
    job = codec.from_document(Job, desk.documents(jobs.COLLECTION)[id])
    app = desk.app()
    pieces = desk.documents(jobs.PIECES)
    found: Outcome = {"state": job.state, "pieces": len(pieces), "parts": job.part}
    for file in job.files:
        part = exporting.number_of(job, file)
        names = [pieces[jobs.piece_id(id, part, n)]["object"] for n in range(file.pieces)]
        content = b"".join(
            chunk for name in names for chunk in sealed_files.read(app, file.owner, name)
        )
        found[file.name] = (content, file.rows, file.missing, file.problem)
    return found


def imported(desk: DeskUnderTest, id: str) -> Outcome:
    """Return what an import brought at the end, and its report."""
    job = codec.from_document(Job, desk.documents(jobs.COLLECTION)[id])
    app = desk.app()
    found: Outcome = {"state": job.state, "report": job.imported, "codes": desk.documents("codes")}
    for collection in ("tickets", "notes"):
        found[collection] = {
            id: app.envelope.open(d["mailbox_id"], f"{collection}/{id}/sealed", d["sealed"])
            for id, d in desk.documents(collection).items()
        }
    found["rows"] = {id: row["kind"] for id, row in desk.documents(jobs.ROWS).items()}
    return found


def strike_everywhere(rig: Rig, outcome: Any, *, in_turn: bool = False) -> int:
    """Strike every call in every way; return in how many runs the end was the undisturbed one: all.

    `in_turn`: each call in one way, the next in the next one, where all would take minutes.
    """
    _, calls = rig.undisturbed()
    expected = outcome()
    runs = 0
    for at, name in enumerate(calls, 1):
        for when, how in [WAYS[at % len(WAYS)]] if in_turn else WAYS:
            rule = Rule(rig.function, at, when, how)
            rig.run(rule)
            assert rule.struck == name, f"call {at} was {name}, now {rule.struck}"
            assert outcome() == expected, f"{how} {when} call {at}, {name}"
            runs += 1
    return runs


@pytest.mark.parametrize(("first", "with_mail"), [("changes", False), ("ratings", True)])
def test_an_export_ends_the_same_whatever_fails(
    desk: DeskUnderTest, first: str, with_mail: bool
) -> None:
    """From this file to the manifest: no piece is missing, none is there twice."""
    administrator = desk.browser("administrator")
    id = administrator.send("POST", "/api/admin/exports", {"mail": with_mail}).json["id"]
    _begin_at(desk, id, first)
    rig = Rig(desk, "run_job", lambda: desk.queue.publish("job-due", {"job_id": id, "step": 0}))

    runs = strike_everywhere(rig, lambda: exported(desk, id))

    whole = exported(desk, id)
    assert whole["state"] == "done"
    assert runs > 50
    if with_mail:
        assert whole[f"{desk.mailboxes[SUPPORT]}/mail.mbox"][0].count(b"\nX-CMO-Message: ") == 2


@pytest.mark.slow
def test_a_whole_export_ends_the_same_whatever_fails(desk: DeskUnderTest) -> None:
    """From its first file on: each call of each step is struck."""
    administrator = desk.browser("administrator")
    id = administrator.send("POST", "/api/admin/exports", {"mail": True}).json["id"]
    rig = Rig(desk, "run_job", lambda: desk.queue.publish("job-due", {"job_id": id, "step": 0}))

    runs = strike_everywhere(rig, lambda: exported(desk, id), in_turn=True)

    assert exported(desk, id)["state"] == "done"
    assert runs > 150


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["customer", "agent"])
def test_a_persons_own_data_ends_the_same_whatever_fails(desk: DeskUnderTest, whose: str) -> None:
    """Every file of it is there once and whole, and nothing is left beside it."""
    who = desk.browser("administrator" if whose == "customer" else "agent")
    path = "/api/account/data/exports"
    if whose == "customer":
        [customer] = desk.documents("customers")
        path = f"/api/admin/privacy/customers/{customer}/exports"
    id = who.send("POST", path).json["id"]
    rig = Rig(desk, "run_job", lambda: desk.queue.publish("job-due", {"job_id": id, "step": 0}))

    runs = strike_everywhere(rig, lambda: _own_data(desk, id))

    whole = _own_data(desk, id)
    assert whole["state"] == "done"
    assert {"README.txt", "manifest.json"} <= set(whole)
    assert runs > 30


def _own_data(desk: DeskUnderTest, id: str) -> Outcome:
    """Return what an export of one person's data holds at the end, and what is left of making it."""
    job = codec.from_document(Job, desk.documents(jobs.COLLECTION)[id])
    found: Outcome = {"state": job.state, "pieces": sorted(desk.documents(jobs.PIECES))}
    content = data_exports.download(desk.app(), audit_log.ANONYMOUS, job.user_id, id)
    with zipfile.ZipFile(io.BytesIO(b"".join(content))) as whole:
        return found | {name: whole.read(name) for name in whole.namelist()}


def _begin_at(desk: DeskUnderTest, id: str, collection: str) -> None:
    """Let an export begin at a file, so that a run is short; nothing of it is on the bus yet."""
    job = codec.from_document(Job, desk.documents(jobs.COLLECTION)[id])
    names = [part.name for part in exporting.parts(job)]
    part = names.index(f"{desk.mailboxes[SUPPORT]}/{collection}.jsonl")
    later = codec.to_document(dataclasses.replace(job, part=part))
    desk.app().store.transact(lambda tx: tx.put(jobs.COLLECTION, id, later))


def test_an_import_ends_the_same_whatever_fails(desk: DeskUnderTest) -> None:
    """Each conversation is there once, with its note, and the report counts it as what it was."""
    content = b"\n".join(json.dumps(one).encode() for one in [*CONVERSATIONS, "bad"])
    path = f"/api/admin/imports?mailbox_id={desk.mailboxes[SUPPORT]}&format=freescout"
    id = desk.browser("administrator").send("POST", path, content).json["id"]
    rig = Rig(desk, "run_job", lambda: desk.queue.publish("job-due", {"job_id": id, "step": 0}))

    runs = strike_everywhere(rig, lambda: imported(desk, id))

    whole = imported(desk, id)
    assert (whole["state"], len(whole["tickets"]), len(whole["notes"])) == ("done", 4, 2)
    report = whole["report"]
    assert (report.created, report.notes, report.bad) == (2, 2, 1)
    assert runs > 30


def test_a_renaming_of_tags_ends_the_same_whatever_fails(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ticket has its tag once and one row that says so; the count is that of the tickets."""
    monkeypatch.setattr(retagging, "_TICKETS", 1)
    supervisor = desk.browser("supervisor")
    for one in desk.tickets():
        version = f'"{one["version"]}"'
        supervisor.send("PATCH", f"/api/tickets/{one['id']}", {"tags": ["druck"]}, if_match=version)
    rules = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/rules"
    rule = {"name": "Marks", "when": ["ticket_created"], "actions": {"add_tags": ["druck"]}}
    assert supervisor.send("POST", rules, rule).status_code == 201
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/tags"
    id = supervisor.send("POST", path, {"tag": "druck", "into": "print"}).json["id"]
    rig = Rig(desk, "run_job", lambda: desk.queue.publish("job-due", {"job_id": id, "step": 0}))

    runs = strike_everywhere(rig, lambda: _retagged(desk, id))

    whole = _retagged(desk, id)
    assert (whole["state"], whole["tags"], whole["told"]) == ("done", [["print"]] * 2, 2)
    assert (whole["retag"].tickets, whole["retag"].rules) == (2, 1)
    assert runs > 30


def _retagged(desk: DeskUnderTest, id: str) -> Outcome:
    """Return what a renaming of tags left at the end."""
    job = codec.from_document(Job, desk.documents(jobs.COLLECTION)[id])
    rows = desk.documents(ticket_changes.CHANGES).values()
    return {
        "state": job.state,
        "retag": job.retag,
        "tags": [document["tags"] for document in desk.documents("tickets").values()],
        "told": sum(row["action"] == "ticket.retagged" for row in rows),
    }
