"""The part of the demo in which an agent and a customer write to each other, each in their own mailbox."""

from __future__ import annotations

import base64
import time
from email.message import EmailMessage
from typing import Any, Final

from local.browser import Browser
from local.narration import check, show, step, until
from local.sandbox_client import SandboxClient

CUSTOMER: Final = "lena.holm@customers.example.net"
_SUBJECT: Final = "Beans for the office"
_UNDO_SECONDS: Final = 2


class DemoReplies:
    """One conversation: a customer asks in her Gmail, an agent answers at the desk, she answers in turn."""

    def __init__(self, agent: Browser, sandbox: SandboxClient, mailbox: str) -> None:
        self._agent = agent
        self._sandbox = sandbox
        self._mailbox = mailbox
        self._ticket: dict[str, Any] = {}

    def run(self, administrator: Browser) -> None:
        """Show the conversation."""
        self._asks()
        self._shorter_undo(administrator)
        queued = self._agent_replies()
        self._arrives(queued)
        self._customer_answers()

    def _asks(self) -> None:
        step("a customer with a Gmail mailbox of her own asks something")
        self._sandbox.call("add_account", email=CUSTOMER, name="Lena Holm")
        raw = base64.b64encode(_question(self._mailbox)).decode()
        self._sandbox.call("act", mailbox=CUSTOMER, action="ui_send", raw=raw)
        self._ticket = until(self._found, "no ticket came of it")
        show(f"ticket {self._ticket['code']} “{self._ticket['subject']}”")

    def _shorter_undo(self, administrator: Browser) -> None:
        path = f"/api/admin/mailboxes/{self._ticket['mailbox_id']}/settings"
        version = administrator.get(path).json()["version"]
        shorter = {"undo_seconds": _UNDO_SECONDS}
        changed = administrator.send("PATCH", path, shorter, if_match=f'"{version}"')
        check(changed.status == 200, f"the settings were answered {changed.status}")

    def _agent_replies(self) -> dict[str, Any]:
        step("an agent replies from the desk, and for a moment can take it back")
        path = f"/api/tickets/{self._ticket['id']}/replies"
        drafted = self._agent.send("POST", path, {"text": "We send you two kilos tomorrow."})
        check(drafted.status == 201, f"the draft was answered {drafted.status}")
        draft: dict[str, Any] = drafted.json()
        show(f"{draft['subject']!r} to {draft['to'][0]['name']} <{draft['to'][0]['address']}>")
        body = {"conversation": self._ticket["conversation"], "then_state": "pending"}
        version = f'"{draft["version"]}"'
        queued = self._agent.send("POST", f"{path}/{draft['id']}/queue", body, if_match=version)
        check(queued.status == 200, f"queueing was answered {queued.status}")
        answer: dict[str, Any] = queued.json()
        reply, ticket = answer["reply"], answer["ticket"]
        show(f"{reply['state']} until {reply['not_before']}; the ticket is {ticket['state']}")
        check(not self._received(), "the reply left before its time")
        return draft

    def _arrives(self, reply: dict[str, Any]) -> None:
        step("the time to undo passes: Gmail sends the reply, and it is in the customer's thread")
        started = time.monotonic()
        received = until(lambda: self._received() or None, "the reply did not arrive")
        check(len(received) == 1, f"the customer has it {len(received)} times")
        own = self._messages("SENT")
        check(received[0]["threadId"] == own[0]["threadId"], "it stands in another thread")
        show(
            f"in her inbox after {time.monotonic() - started:.1f} s, in the thread of her question"
        )
        path = f"/api/tickets/{self._ticket['id']}"
        sent = until(
            lambda: self._state(f"{path}/replies/{reply['id']}", "sent"), "the reply is not sent"
        )
        opened = until(lambda: self._with_messages(2), "the reply did not come back by history")
        check(opened["messages"][1]["reply_id"] == reply["id"], "the message is of no reply")
        check(sent["text"] is None, "a copy of its text is left")
        show(f"{sent['state']}; back by history as the ticket's message, the desk's copy destroyed")

    def _customer_answers(self) -> None:
        step(
            "the customer answers from her mailbox: the answer joins, and the ticket is open again"
        )
        [arrived] = self._received()
        self._sandbox.call(
            "act",
            mailbox=CUSTOMER,
            action="ui_reply",
            gmail_id=arrived["id"],
            text="Wonderful, thank you.",
        )
        opened = until(self._answered, "the answer did not join, or the ticket is not open")
        directions = " → ".join(m["direction"] for m in opened["messages"])
        show(
            f"{directions}; why it is here: {opened['messages'][2]['thread_reason']}; pending → open"
        )

    def _answered(self) -> dict[str, Any] | None:
        """Return the ticket, open with the answer: a look may read its state just before the answer comes."""
        opened = self._with_messages(3)
        return opened if opened is not None and opened["ticket"]["state"] == "open" else None

    def _found(self) -> dict[str, Any] | None:
        items = self._agent.get("/api/tickets/?limit=100").json()["items"]
        return next((t for t in items if t["subject"] == _SUBJECT), None)

    def _with_messages(self, number: int) -> dict[str, Any] | None:
        opened: dict[str, Any] = self._agent.get(f"/api/tickets/{self._ticket['id']}").json()
        return opened if len(opened["messages"]) == number else None

    def _state(self, path: str, state: str) -> dict[str, Any] | None:
        reply: dict[str, Any] = self._agent.get(path).json()
        return reply if reply["state"] == state else None

    def _received(self) -> list[dict[str, Any]]:
        return self._messages("INBOX")

    def _messages(self, label: str) -> list[dict[str, Any]]:
        found = self._sandbox.call("messages", mailbox=CUSTOMER)
        return [message for message in found if label in message["labelIds"]]


def _question(mailbox: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Lena Holm <{CUSTOMER}>"
    message["To"] = mailbox
    message["Subject"] = _SUBJECT
    message["Message-ID"] = "<demo.beans@customers.example.net>"
    message.set_content("Do you also sell the beans?")
    return message.as_bytes()
