"""The whole path in real processes: real mail under chaos, a killed desk, and what its files show."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from local.desk import Desk
from shared.mail.parse import parse
from tests.desk import SUPPORT, mail
from tests.path.running import KIT, Running, documents, messages_of

FLOWING: Final = 200
CHAOS: Final = {"CMO_BUS_CHAOS": "1"}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Give a home without a desk, and stop what was started in it."""
    running = Running(tmp_path / "home")
    yield running
    running.stop()


def test_real_mail_under_chaos(running: Running) -> None:
    """Each of 307 messages becomes one document in one ticket; nothing fails on the way."""
    if not KIT.is_dir() and "kit" not in os.environ.get("CMO_EXPECT", "").split(","):
        pytest.skip(f"the kit's mail is not at {KIT.parent.name}/{KIT.name} beside the project")
    files = sorted(KIT.glob("raw/**/*.eml"))
    running.start(**CHAOS)
    running.sandbox().call("set_quota", units_per_minute=None)  # 300 fetches a minute take a minute

    delivered = running.local("deliver", *map(str, files))

    assert delivered.returncode == 0, delivered.stdout[-2_000:]
    lines = [line.split(" ", 2) for line in delivered.stdout.splitlines()]
    raw_of = {gmail_id: Path(file).read_bytes() for _, gmail_id, file in lines}
    assert len(files) == len(raw_of) == 307
    _settle(running)
    running.stop()
    with running.opened() as desk:
        tickets = documents(desk, "tickets")
        for gmail_id, found in messages_of(desk, list(raw_of)).items():
            [message] = found
            assert message["ticket_id"] in tickets
            assert message["problems"] == list(parse(raw_of[gmail_id]).problems)
        _check_counts(desk)
        assert desk.bus.dead_letters() == []
    assert _failures(running) == []


def test_a_killed_desk_loses_and_doubles_nothing(running: Running) -> None:
    """The process dies while 200 mails flow; after a restart all are there once."""
    running.start(**CHAOS)
    raws = [mail(f"Flow {n}", message_id=f"<flow{n}@x.example.net>") for n in range(FLOWING)]
    flow = _Flow(running, raws)
    flow.start()
    _wait_until(lambda: _recorded(running, flow.delivered) >= FLOWING // 8)

    running.kill()
    in_flight = len(flow.delivered) - _recorded(running, flow.delivered)
    running.start(**CHAOS)
    flow.join()

    assert in_flight > 0, "the desk was killed too late to prove anything"
    assert len(flow.delivered) == FLOWING
    _wait_until(lambda: _recorded(running, flow.delivered) == FLOWING)
    _settle(running)
    running.stop()
    with running.opened() as desk:
        assert all(len(found) == 1 for found in messages_of(desk, flow.delivered).values())
        _check_counts(desk)
        assert desk.bus.dead_letters() == []


def test_no_file_shows_what_a_mail_says(running: Running) -> None:
    """Neither subject, address, body, token nor password stands in a file, in any usual encoding."""
    canaries = {
        "subject": "Zinnober Quartalszahlen",
        "local part": "kanarienvogel",
        "domain": "volière-kunde.example.net".replace("è", "e"),
        "name": "Wilhelmine Kanarie",
        "body": "Traubenzuckerfabrik",
        "attachment": "geheimplan-siebzehn",
    }
    raw = mail(
        canaries["subject"],
        f"In the {canaries['body']} everything is still.",
        sender=f"{canaries['name']} <{canaries['local part']}@{canaries['domain']}>",
        content_disposition=f"inline; filename={canaries['attachment']}.txt",
    )
    running.start()
    path = running.home.parent / "canary.eml"
    path.write_bytes(raw)
    assert running.local("deliver", str(path)).returncode == 0
    _settle(running)
    people = json.loads((running.home / "demo.json").read_text("utf-8"))
    for name, (_, password) in people.items():
        canaries[f"password of {name}"] = password
    canaries |= _tokens(running)

    gmail = running.home.glob("gmail.sqlite*")
    assert any(_holds(file, canaries["body"]) for file in gmail), "the search finds nothing"
    for _ in range(2):  # while the desk runs, and after it has folded its logs
        for file in _own_files(running.home):
            found = [name for name, word in canaries.items() if _holds(file, word)]
            allowed = file.name == "demo.json"
            assert not found or (allowed and all(f.startswith("password") for f in found)), (
                file.name,
                found,
            )
        running.stop()


class _Flow(threading.Thread):
    """Delivers mails one by one; waits while the desk and its Gmail are away."""

    def __init__(self, running: Running, raws: list[bytes]) -> None:
        super().__init__(daemon=True)
        self._running = running
        self._raws = raws
        self.delivered: list[str] = []

    def run(self) -> None:
        known = {message["id"] for message in self._messages()}
        for number, raw in enumerate(self._raws):
            while True:
                try:
                    self.delivered.append(self._running.sandbox().deliver(SUPPORT, raw))
                    break
                except Exception:  # noqa: BLE001 - it is killed: did it take the mail before?
                    time.sleep(0.1)
                    ids = self._known_after_restart() - known
                    if len(ids) > number:
                        self.delivered.append((ids - set(self.delivered)).pop())
                        break

    def _known_after_restart(self) -> set[str]:
        while True:
            try:
                return {message["id"] for message in self._messages()}
            except Exception:  # noqa: BLE001 - still away
                time.sleep(0.1)

    def _messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self._running.sandbox().call("messages", mailbox=SUPPORT)
        return messages


def _recorded(running: Running, gmail_ids: list[str]) -> int:
    with running.opened() as desk:
        return sum(bool(found) for found in messages_of(desk, list(gmail_ids)).values())


def _wait_until(condition: Any, seconds: float = 120.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it takes too long"
        time.sleep(0.1)


def _settle(running: Running) -> None:
    """Wait until the bus owes nothing that is due."""
    with running.opened() as desk:
        assert desk.bus.settle(120)


def _check_counts(desk: Desk) -> None:
    """Each ticket counts its messages, and each message is recorded once in the audit log."""
    stored = [m for m in documents(desk, "messages").values() if m["state"] == "stored"]
    for id, ticket in documents(desk, "tickets").items():
        assert ticket["message_count"] == sum(m["ticket_id"] == id for m in stored)
    entries = [json.loads(e["text"]) for e in documents(desk, "entries", "audit").values()]
    actions = ("ticket.created", "message.joined", "message.muted")
    assert sum(entry["action"] in actions for entry in entries) == len(stored)


def _failures(running: Running) -> list[str]:
    lines = (running.home / "desk.log").read_text("utf-8").splitlines()
    return [line for line in lines if json.loads(line).get("status", 0) >= 500]


def _tokens(running: Running) -> dict[str, str]:
    """Return the refresh tokens of the mailboxes: what Google gave the desk."""
    with running.opened() as desk:
        app = desk.operator()
        return {
            f"refresh token of {id}": app.envelope.open(
                id, f"mailboxes/{id}/credential", mailbox["credential"]
            )
            for id, mailbox in documents(desk, "mailboxes").items()
        }


def _own_files(home: Path) -> list[Path]:
    """Return the files of the home but for Gmail's own: that is where the mail is."""
    files = [file for file in home.rglob("*") if file.is_file()]
    return [file for file in files if not file.name.startswith("gmail.sqlite")]


def _holds(file: Path, word: str) -> bool:
    """Say whether a file holds a word as it is, in UTF-16, or in base64 at any offset."""
    data = file.read_bytes()
    plain = word.encode()
    forms = [plain, plain.lower(), plain.upper(), word.encode("utf-16-le"), plain.hex().encode()]
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain + b"\0" * 2)
        forms.append(whole[4 if offset else 0 : -4])
    return any(form in data for form in forms)
