"""`make demo`: the whole chain on a desk of its own, step by step, each step checked.

Nothing is shown that did not happen: a real desk is started in a temporary folder, spoken to over HTTP,
and stopped again. The exit status is 0 only if every step did what it says.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local import home as homes
from local import manifest, seed
from local.browser import Browser
from local.deliver import wait_until_recorded
from local.demo_desks import embedded, emulated
from local.demo_mail import DEMO_MAILBOX, DemoMail
from local.demo_replies import DemoReplies
from local.home import RunningDesk
from local.narration import STEP_SECONDS, StepFailed, check, heed_interrupts, show, step, until
from local.operating import operator
from local.sandbox_client import SandboxClient
from shared.app import App
from shared.store.contract import Query


def demo(*, emulators: bool = False) -> int:
    """Run the demo, on the embedded seams or Google's emulators; returns 0 if every step succeeded."""
    home = Path(tempfile.mkdtemp(prefix="corporate-mail-ops-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    heed_interrupts()
    failed = False
    try:
        with emulated(home) if emulators else embedded(home), operator(home) as app:
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
        self._administrator = Browser(running.url, home)
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
        DemoReplies(self._agent, self._sandbox, DEMO_MAILBOX).run(self._administrator)
        self._change_state()
        self._ticks()
        self._audit()
        self._no_errors()

    def _connect(self) -> None:
        step(
            "an administrator connects a Gmail mailbox by OAuth, clicking through Google's consent"
        )
        administrator = self._administrator
        administrator.sign_in(*self._people["administrator"])
        self._sandbox.call("add_account", email=DEMO_MAILBOX, name="Demo", hd="example.com")
        mailbox_id = administrator.connect(DEMO_MAILBOX)
        boxes = administrator.get("/api/admin/mailboxes").json()["items"]
        [box] = [box for box in boxes if box["id"] == mailbox_id]
        check(box["state"] == "active", "the mailbox is not active")
        show(
            f"{box['address']} is {box['state']}, watched until {box['health']['watch_expires_at']}"
        )
        self._agent.sign_in(*self._people["agent"])
        seed.join(self._app, "agent@example.com", mailbox_id)

    def _new_ticket(self) -> None:
        step("a customer writes: Gmail pushes, the desk reads the history, a ticket stands")
        started = time.monotonic()
        self._deliver(self._mail.question())
        ticket = self._ticket("The coffee machine")
        check(ticket["state"] == "new", "the ticket is not new")
        check(ticket["message_count"] == 1, "the ticket has not one message")
        show(f"ticket {ticket['code']} “{ticket['subject']}” from {ticket['customer']['name']}")
        show(f"{time.monotonic() - started:.1f} s after the mail was sent")

    def _reply_in_thread(self) -> None:
        step("the customer writes again in the thread: the mail joins the ticket")
        started = time.monotonic()
        self._deliver(self._mail.reply())
        took = time.monotonic() - started
        opened = self._open("The coffee machine")
        check(len(opened["messages"]) == 2, "the reply did not join")
        check(opened["messages"][1]["thread_reason"] == "gmail_thread", "for another reason")
        body = self._agent.get(opened["messages"][1]["body_url"]).json()
        check("lower light" in body["visible"], "the new words are not shown")
        check("grinds" not in body["visible"], "the quoted words are not folded")
        show(
            f"why it is here: {opened['messages'][1]['thread_reason']}; new in it: {body['visible']!r}"
        )
        show(f"{took:.1f} s after the mail was sent")

    def _automatic_mail(self) -> None:
        step("a bounce and an out-of-office answer come: both are joined and muted")
        self._deliver(self._mail.bounce())
        self._deliver(self._mail.out_of_office())
        opened = self._open("The coffee machine")
        muted = {m["kind"]: m["thread_reason"] for m in opened["messages"] if m["muted"]}
        check(set(muted) == {"bounce", "out_of_office"}, f"muted are {sorted(muted)}")
        check(opened["ticket"]["state"] == "new", "machine mail changed the state")
        for kind, reason in muted.items():
            show(f"{kind} joined by {reason}, no notice, no change of state")

    def _spam(self) -> str:
        step("Gmail files a mail as spam")
        gmail_id = self._sandbox.deliver(DEMO_MAILBOX, self._mail.spam(), labels=["SPAM"])
        show("what comes after it is read, it is not")
        return gmail_id

    def _broken_mail(self) -> None:
        step("a mail comes that no parser can read whole: it becomes a ticket that says so")
        self._deliver(self._mail.broken())
        opened = self._open("Deep inside")
        problems = opened["messages"][0]["problems"]
        check(bool(problems), "no problem is named")
        show(f"ticket {opened['ticket']['code']}: {', '.join(problems)}")

    def _spam_rescued(self, gmail_id: str) -> None:
        step("there is no ticket of the spam; a person moves it to the inbox: a ticket")
        check(not self._find("win a voucher"), "spam became a ticket")
        self._sandbox.call("act", mailbox=DEMO_MAILBOX, action="spam_to_inbox", gmail_id=gmail_id)
        self._wait_for([gmail_id])
        ticket = self._ticket("win a voucher")
        show(f"ticket {ticket['code']} “{ticket['subject']}” after the rescue, none before")

    def _change_state(self) -> None:
        step("an agent solves the ticket; one who saw an older version is told so")
        ticket = self._ticket("The coffee machine")
        path, version = f"/api/tickets/{ticket['id']}", f'"{ticket["version"]}"'
        changed = self._agent.send("PATCH", path, {"state": "solved"}, if_match=version)
        check(changed.status == 200, f"the change was answered {changed.status}")
        stale = self._agent.send("PATCH", path, {"state": "open"}, if_match=version)
        check(stale.status == 409, f"the stale change was answered {stale.status}")
        show(
            f"{ticket['state']} → {changed.json()['state']}; the stale change: {stale.json()['code']}"
        )

    def _ticks(self) -> None:
        step("the scheduler strikes: mailboxes are polled, watches renewed, deadlines applied")
        rows = [row for row in manifest.load().values() if row.schedule is not None]
        before = self._served()
        for topic in [topic for row in rows for topic in row.topics if topic.startswith("tick-")]:
            self._app.bus.publish(topic, {})
        until(
            lambda: all(self._served()[row.name] > before[row.name] for row in rows) or None,
            "a function did not take its tick",
        )
        show(", ".join(row.name for row in rows))

    def _audit(self) -> None:
        step("everything is in the audit log")
        needed = {
            "mailbox.connected",
            "ticket.created",
            "message.joined",
            "message.muted",
            "content.read",
            "ticket.state_changed",
            "reply.drafted",
            "reply.queued",
            "reply.sent",
        }
        entries = until(lambda: self._entries(needed), "the audit log is not complete")
        for action, count in sorted(entries.items()):
            show(f"{count:3} × {action}")

    def _no_errors(self) -> None:
        step("no function met an error on the way")
        errors = [
            line for line in _log_lines(self._home) if line["severity"] in {"ERROR", "CRITICAL"}
        ]
        check(not errors, f"{len(errors)} errors, the first: {errors[:1]}")
        served = self._served()
        show(f"requests and events served by each of {len(served)} functions:")
        show(", ".join(f"{name} {count}" for name, count in sorted(served.items())))

    def _served(self) -> Counter[str]:
        """Return how many requests and events each function has served without an error."""
        return Counter(
            line["place"].partition(":")[0]
            for line in _log_lines(self._home)
            if line["message"] == "request.served" and line["status"] < 400
        )

    def _entries(self, needed: set[str]) -> dict[str, int] | None:
        page = self._app.audit.query(Query("entries", limit=500))
        counted = Counter(json.loads(str(row.data["text"]))["action"] for row in page.documents)
        return dict(counted) if needed <= set(counted) else None

    def _deliver(self, raw: bytes) -> None:
        self._wait_for([self._sandbox.deliver(DEMO_MAILBOX, raw)])

    def _wait_for(self, gmail_ids: list[str]) -> None:
        missing = wait_until_recorded(self._app, DEMO_MAILBOX, gmail_ids, STEP_SECONDS)
        check(not missing, "the mail was not recorded")

    def _find(self, subject: str) -> list[dict[str, Any]]:
        items = self._agent.get("/api/tickets/?limit=100").json()["items"]
        return [ticket for ticket in items if subject in (ticket["subject"] or "")]

    def _ticket(self, subject: str) -> dict[str, Any]:
        found = self._find(subject)
        check(len(found) == 1, f"{len(found)} tickets of that subject")
        return found[0]

    def _open(self, subject: str) -> dict[str, Any]:
        opened: dict[str, Any] = self._agent.get(
            f"/api/tickets/{self._ticket(subject)['id']}"
        ).json()
        return opened


def _log_lines(home: Path) -> Iterator[dict[str, Any]]:
    """Return the structured log lines of the desk's functions."""
    for log in (home / "desk.log", *(home / "logs").glob("*.log")):
        if log.exists():
            for line in log.read_text("utf-8", "replace").splitlines():
                if line.startswith('{"severity"') and line.endswith(
                    "}"
                ):  # else it is being written
                    yield json.loads(line)
