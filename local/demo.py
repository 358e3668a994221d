"""`make demo`: the whole chain on a desk of its own, step by step, each step checked.

Nothing is shown that did not happen: a real desk is started in a temporary folder, spoken to over HTTP,
and stopped again. The exit status is 0 only if every step did what it says.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from local import home as homes
from local import seed
from local.browser import Browser
from local.deliver import wait_until_recorded
from local.demo_mail import DEMO_MAILBOX, DemoMail
from local.home import RunningDesk
from local.operating import operator
from local.sandbox_client import SandboxClient
from shared.app import App
from shared.store.contract import Query

_START_SECONDS: Final = 90.0
_STEP_SECONDS: Final = 30.0


class StepFailed(Exception):
    """A step did not do what it says."""


def demo(*, emulators: bool = False) -> int:
    """Run the demo, on the embedded seams or Google's emulators; returns 0 if every step succeeded."""
    home = Path(tempfile.mkdtemp(prefix="corporate-mail-ops-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    failed = False
    try:
        with _emulated(home) if emulators else _embedded(home), operator(home) as app:
            _Demo(app, homes.running(home), home).run()
    except KeyboardInterrupt:
        print("\ninterrupted")
        return 130  # as shells say it of SIGINT
    except Exception as error:
        failed = True
        print(f"  FAILED  {error}\n  what the desk wrote is in {home}")
        if not isinstance(error, (StepFailed, RuntimeError)):
            raise
        return 1
    finally:
        if not failed:
            shutil.rmtree(home)
    print("every step did what it says")
    return 0


class _Demo:
    """One run: what is known so far, and the steps in their order."""

    def __init__(self, app: App, running: RunningDesk, home: Path) -> None:
        self._app = app
        self._running = running
        self._home = home
        self._people: dict[str, list[str]] = json.loads((home / "demo.json").read_text("utf-8"))
        self._sandbox = SandboxClient(running.sandbox, running.control_token)
        self._agent = Browser(running.url)
        self._mail = DemoMail()

    def run(self) -> None:
        """Show the chain."""
        self._connect()
        self._new_ticket()
        self._reply_in_thread()
        self._automatic_mail()
        spam = self._spam()
        self._broken_mail()
        self._spam_rescued(spam)
        self._change_state()
        self._audit()
        self._no_errors()

    def _connect(self) -> None:
        _step(
            "an administrator connects a Gmail mailbox by OAuth, clicking through Google's consent"
        )
        administrator = Browser(self._running.url)
        administrator.sign_in(*self._people["administrator"])
        self._sandbox.call("add_account", email=DEMO_MAILBOX, name="Demo", hd="example.com")
        mailbox_id = administrator.connect(DEMO_MAILBOX)
        boxes = administrator.get("/api/admin/mailboxes").json()["items"]
        [box] = [box for box in boxes if box["id"] == mailbox_id]
        _check(box["state"] == "active", "the mailbox is not active")
        _show(
            f"{box['address']} is {box['state']}, watched until {box['health']['watch_expires_at']}"
        )
        self._agent.sign_in(*self._people["agent"])
        seed.join(self._app, "agent@example.com", mailbox_id)

    def _new_ticket(self) -> None:
        _step("a customer writes: Gmail pushes, the desk reads the history, a ticket stands")
        started = time.monotonic()
        self._deliver(self._mail.question())
        ticket = self._ticket("The coffee machine")
        _check(ticket["state"] == "new", "the ticket is not new")
        _check(ticket["message_count"] == 1, "the ticket has not one message")
        _show(f"ticket {ticket['code']} “{ticket['subject']}” from {ticket['customer']['name']}")
        _show(f"{time.monotonic() - started:.1f} s after the mail was sent")

    def _reply_in_thread(self) -> None:
        _step("the customer writes again in the thread: the mail joins the ticket")
        started = time.monotonic()
        self._deliver(self._mail.reply())
        took = time.monotonic() - started
        opened = self._open("The coffee machine")
        _check(len(opened["messages"]) == 2, "the reply did not join")
        _check(opened["messages"][1]["thread_reason"] == "gmail_thread", "for another reason")
        body = self._agent.get(opened["messages"][1]["body_url"]).json()
        _check("lower light" in body["visible"], "the new words are not shown")
        _check("grinds" not in body["visible"], "the quoted words are not folded")
        _show(
            f"why it is here: {opened['messages'][1]['thread_reason']}; new in it: {body['visible']!r}"
        )
        _show(f"{took:.1f} s after the mail was sent")

    def _automatic_mail(self) -> None:
        _step("a bounce and an out-of-office answer come: both are joined and muted")
        self._deliver(self._mail.bounce())
        self._deliver(self._mail.out_of_office())
        opened = self._open("The coffee machine")
        muted = {m["kind"]: m["thread_reason"] for m in opened["messages"] if m["muted"]}
        _check(set(muted) == {"bounce", "out_of_office"}, f"muted are {sorted(muted)}")
        _check(opened["ticket"]["state"] == "new", "machine mail changed the state")
        for kind, reason in muted.items():
            _show(f"{kind} joined by {reason}, no notice, no change of state")

    def _spam(self) -> str:
        _step("Gmail files a mail as spam")
        gmail_id = self._sandbox.deliver(DEMO_MAILBOX, self._mail.spam(), labels=["SPAM"])
        _show("what comes after it is read, it is not")
        return gmail_id

    def _broken_mail(self) -> None:
        _step("a mail comes that no parser can read whole: it becomes a ticket that says so")
        self._deliver(self._mail.broken())
        opened = self._open("Deep inside")
        problems = opened["messages"][0]["problems"]
        _check(bool(problems), "no problem is named")
        _show(f"ticket {opened['ticket']['code']}: {', '.join(problems)}")

    def _spam_rescued(self, gmail_id: str) -> None:
        _step("there is no ticket of the spam; a person moves it to the inbox: a ticket")
        _check(not self._find("win a voucher"), "spam became a ticket")
        self._sandbox.call("act", mailbox=DEMO_MAILBOX, action="spam_to_inbox", gmail_id=gmail_id)
        self._wait_for([gmail_id])
        ticket = self._ticket("win a voucher")
        _show(f"ticket {ticket['code']} “{ticket['subject']}” after the rescue, none before")

    def _change_state(self) -> None:
        _step("an agent solves the ticket; one who saw an older version is told so")
        ticket = self._ticket("The coffee machine")
        path, version = f"/api/tickets/{ticket['id']}", f'"{ticket["version"]}"'
        changed = self._agent.send("PATCH", path, {"state": "solved"}, if_match=version)
        _check(changed.status == 200, f"the change was answered {changed.status}")
        stale = self._agent.send("PATCH", path, {"state": "open"}, if_match=version)
        _check(stale.status == 409, f"the stale change was answered {stale.status}")
        _show(
            f"{ticket['state']} → {changed.json()['state']}; the stale change: {stale.json()['code']}"
        )

    def _audit(self) -> None:
        _step("everything is in the audit log")
        needed = {
            "mailbox.connected",
            "ticket.created",
            "message.joined",
            "message.muted",
            "content.read",
            "ticket.state_changed",
        }
        entries = _until(lambda: self._entries(needed), "the audit log is not complete")
        for action, count in sorted(entries.items()):
            _show(f"{count:3} × {action}")

    def _no_errors(self) -> None:
        _step("no function met an error on the way")
        lines = list(_log_lines(self._home))
        errors = [line for line in lines if line["severity"] in {"ERROR", "CRITICAL"}]
        _check(not errors, f"{len(errors)} errors, the first: {errors[:1]}")
        served = Counter(
            line["place"].partition(":")[0] for line in lines if line["message"] == "request.served"
        )
        _show(f"{sum(served.values())} requests were answered by {len(served)} functions:")
        _show(", ".join(f"{name} {count}" for name, count in sorted(served.items())))

    def _entries(self, needed: set[str]) -> dict[str, int] | None:
        page = self._app.audit.query(Query("entries", limit=500))
        counted = Counter(json.loads(str(row.data["text"]))["action"] for row in page.documents)
        return dict(counted) if needed <= set(counted) else None

    def _deliver(self, raw: bytes) -> None:
        self._wait_for([self._sandbox.deliver(DEMO_MAILBOX, raw)])

    def _wait_for(self, gmail_ids: list[str]) -> None:
        missing = wait_until_recorded(self._app, DEMO_MAILBOX, gmail_ids, _STEP_SECONDS)
        _check(not missing, "the mail was not recorded")

    def _find(self, subject: str) -> list[dict[str, Any]]:
        items = self._agent.get("/api/tickets/?limit=100").json()["items"]
        return [ticket for ticket in items if subject in (ticket["subject"] or "")]

    def _ticket(self, subject: str) -> dict[str, Any]:
        found = self._find(subject)
        _check(len(found) == 1, f"{len(found)} tickets of that subject")
        return found[0]

    def _open(self, subject: str) -> dict[str, Any]:
        opened: dict[str, Any] = self._agent.get(
            f"/api/tickets/{self._ticket(subject)['id']}"
        ).json()
        return opened


@contextmanager
def _embedded(home: Path) -> Iterator[None]:
    """Run a desk of its own in `home`."""
    port = _free_ports()
    environment = {**os.environ, "CMO_HOME": str(home), "PORT": str(port), "CMO_SMTP_PORT": "0"}
    _step("a desk starts: functions, store, bus, and a local Gmail beside it")
    process = subprocess.Popen(
        [sys.executable, "-m", "local", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            words = line.split()
            if words[:1] == ["ready"]:
                _show(f"it answers at {words[1]}")
                break
        else:
            raise StepFailed("the desk did not start")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_START_SECONDS)
        process.stdout.close()


@contextmanager
def _emulated(home: Path) -> Iterator[None]:
    """Run a desk on Google's emulators in `home`."""
    from local.emulated.desk import EmulatedDesk  # noqa: PLC0415 - needs Google's clients

    _step("a desk starts on Google's emulators, each function in a process of its own")
    started = time.monotonic()
    with EmulatedDesk(home).serving() as desk:
        _show("2 emulators: Firestore and Pub/Sub, from the Cloud SDK; a local Gmail beside them")
        _show(f"{len(desk.functions)} function processes, each served by the Functions Framework")
        _show(f"it answers at {desk.url} after {time.monotonic() - started:.0f} s")
        yield


def _log_lines(home: Path) -> Iterator[dict[str, Any]]:
    """Return the structured log lines of the desk's functions."""
    for log in (home / "desk.log", *(home / "logs").glob("*.log")):
        if log.exists():
            for line in log.read_text("utf-8", "replace").splitlines():
                if line.startswith('{"severity"'):
                    yield json.loads(line)


def _free_ports() -> int:
    """Return a port that is free together with the next one."""
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise StepFailed("no two neighbouring ports are free")


def _until(look: Callable[[], dict[str, int] | None], complaint: str) -> dict[str, int]:
    ends = time.monotonic() + _STEP_SECONDS
    while time.monotonic() < ends:
        found = look()
        if found is not None:
            return found
        time.sleep(0.2)
    raise StepFailed(complaint)


def _check(condition: bool, complaint: str) -> None:
    if not condition:
        raise StepFailed(complaint)


def _step(text: str) -> None:
    print(f"\n• {text}", flush=True)


def _show(text: str) -> None:
    print(f"    {text}", flush=True)
