"""The local Gmail behind its port, and what a test or a person may do to it."""

import re
import urllib.parse
from collections.abc import Sequence
from typing import Any, Literal

from .config import SandboxConfig
from .control import PREFIX, ControlApi
from .exchange import Request, Response
from .google import Google
from .server import Server

VERBS = (
    "add_account",
    "deliver",
    "act",
    "advance_clock",
    "set_push_url",
    "set_push",
    "pushes",
    "settle",
    "expire_watch",
    "second_watch_client",
    "set_topic",
    "set_history",
    "raise_history_floor",
    "approve",
    "revoke_grant",
    "change_password",
    "expire_access_tokens",
    "set_scopes",
    "set_consent_error",
    "plant",
    "faults",
    "clear_faults",
    "set_quota",
    "quota",
    "calls",
    "reset_calls",
    "messages",
    "raw",
    "add_send_as",
    "set_sending",
    "sends",
)


class Sandbox:
    """A Gmail, a Google sign-in and a Pub/Sub push subscription on one loopback port.

    The port is bound on construction, so that `url` is known before `start`. Every public method
    below `stop` is also a verb of the control API, with the same argument names. Mailboxes are
    named by address; KeyError is raised for an unknown mailbox, message or draft.
    """

    def __init__(self, config: SandboxConfig) -> None:
        self._google = Google(config)
        verbs = {name: getattr(self, name) for name in VERBS}
        self._control = ControlApi(config.control_token, verbs, self._health)
        self._server = Server(config.port, self._answer)
        self._door = None
        if config.smtp_port:
            from .smtp_door import SmtpDoor  # noqa: PLC0415  (asyncio and aiosmtpd, for it alone)

            self._door = SmtpDoor(config.smtp_port, self._receives, self.deliver)

    @property
    def url(self) -> str:
        """The base of every address: http://127.0.0.1:PORT; http://localhost:PORT works too."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def smtp_port(self) -> int | None:
        """The port of the SMTP door on 127.0.0.1, None where it is shut."""
        return self._door.port if self._door else None

    def start(self) -> None:
        """Serve and deliver pushes in background threads."""
        self._server.start()
        if self._door:
            self._door.start()
        self._google.push.start()

    def stop(self) -> None:
        """Stop serving and pushing; what is pending stays in the file."""
        if self._door:
            self._door.stop()
        self._google.push.stop()
        self._server.stop()
        self._google.database.close()

    def add_account(
        self, email: str, name: str, hd: str | None = None, *, gmail: bool = True
    ) -> None:
        """Create a Google account with a mailbox (`gmail=False`: without), or rename one.

        `hd` is its Workspace domain; None is a consumer account.
        """
        email = email.lower()
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
            raise ValueError("not an address")
        self._google.accounts.add(
            email, name, hd, gmail=gmail, history_id=self._google.history.first_id(email)
        )

    def deliver(
        self,
        mailbox: str,
        raw: bytes,
        labels: Sequence[str] = ("INBOX", "UNREAD"),
        internal_date: int | None = None,
        thread_id: str | None = None,
    ) -> dict[str, str]:
        """Let a message arrive: exactly these bytes, threaded as Gmail does, and notified.

        `internal_date` is in Unix milliseconds, now by default; `thread_id` overrides threading
        and must exist (ValueError). Returns {"id", "threadId", "historyId"}.
        """
        mailbox = self._mailbox(mailbox)
        if thread_id is not None and not self._google.mail.thread(mailbox, thread_id):
            raise ValueError("no such thread")
        message = self._google.mail.add(mailbox, raw, labels, internal_date, thread_id)
        return {
            "id": message.id,
            "threadId": message.thread_id,
            "historyId": str(message.history_id),
        }

    def act(
        self, mailbox: str, action: str, gmail_id: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """Do what a person does in Gmail itself.

        On a message: archive, move_to_inbox, spam, spam_to_inbox, trash, untrash, mark_read,
        mark_unread, star, unstar, delete (for good), label(add=[], remove=[]), ui_reply(text=).
        Otherwise: save_draft(raw, draft_id=None, thread_id=None), delete_draft(draft_id),
        send_draft(draft_id), ui_send(raw, thread_id=None). Returns id, threadId, historyId,
        labelIds, for drafts draftId too.
        """
        return self._google.actions.act(self._mailbox(mailbox), action, gmail_id, **options)

    def messages(self, mailbox: str) -> list[dict[str, Any]]:
        """Return id, threadId and labelIds of every message, newest first, without an API call."""
        return [
            {"id": row["id"], "threadId": row["thread_id"], "labelIds": row["labels"].split()}
            for row in self._google.mail.newest_first(self._mailbox(mailbox))
        ]

    def raw(self, mailbox: str, gmail_id: str) -> bytes:
        """Return a message's bytes, without an API call. Raises KeyError for one that is not there."""
        mailbox = self._mailbox(mailbox)
        return self._google.mail.raw(mailbox, self._google.mail.existing(mailbox, gmail_id).id)

    def add_send_as(
        self,
        mailbox: str,
        address: str,
        name: str = "",
        verification_status: Literal["accepted", "pending"] | None = "accepted",
    ) -> None:
        """Add a send-as alias to a mailbox, or change one; None is a native Workspace alias's."""
        self._google.send_as.add(self._mailbox(mailbox), address, name, verification_status)

    def set_sending(self, **knobs: Any) -> dict[str, Any]:
        """Change what happens to mail that the API sends; return all knobs.

        message_id: "rewrite" replaces it, "rewrite_and_tell" adds X-Google-Original-Message-ID,
        "keep" leaves it; x_headers: False drops every X- header; deliver: False delivers to nobody.
        """
        return self._google.sending.set_knobs(knobs)

    def sends(self, mailbox: str | None = None) -> list[dict[str, Any]]:
        """Return every message that the API sent, in order.

        Members: mailbox, id, threadId, via (json, media, multipart, resumable), recipients (lower
        case, each once), submitted (the bytes handed in) and raw (the bytes sent); over HTTP the
        bytes are base64.
        """
        return self._google.sending.report(mailbox and self._mailbox(mailbox))

    def advance_clock(self, seconds: float) -> None:
        """Move sandbox time forward: tokens, watches, history and waiting pushes grow older."""
        self._google.clock.advance(seconds)
        self._google.notifications.news.wake()

    def set_push_url(self, url: str | None) -> None:
        """Deliver pushes to this loopback URL from now on; None holds them back."""
        self._google.push.set_url(url)

    def set_push(self, **knobs: Any) -> dict[str, Any]:
        """Change how pushes misbehave, as in `notifications.PushKnobs`; return all knobs."""
        return self._google.notifications.set_knobs(knobs)

    def pushes(self) -> list[dict[str, Any]]:
        """Return every push so far, in the order of publication.

        Members: message_id (copies share it), mailbox, history_id, status (pending, acked, dead,
        dropped), attempts, answer (the last HTTP status, None for no answer).
        """
        return self._google.notifications.report()

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until no push is pending; TimeoutError after `timeout` seconds."""
        self._google.push.settle(timeout)

    def expire_watch(self, mailbox: str) -> None:
        """Let the mailbox's watch lapse now."""
        self._google.watching.expire(self._mailbox(mailbox))

    def second_watch_client(self, mailbox: str) -> None:
        """Let another client of the same project hold the mailbox's watch, on another topic."""
        topic = f"projects/{self._google.config.project}/topics/another-client"
        expiration = int((self._google.clock.now() + 7 * 86400) * 1000)
        self._google.watching.set(self._mailbox(mailbox), topic, [], "include", expiration)

    def set_topic(self, *, granted: bool = True, others: Sequence[str] = ()) -> None:
        """Say whether Gmail may publish to the topic, and which other topics exist."""
        self._google.database.keep_setting("topic_granted", granted)
        self._google.database.keep_setting("topics", list(others))

    def set_history(
        self,
        mailbox: str | None = None,
        *,
        lag: float | None = None,
        stub_labels: Literal["always", "sometimes", "never"] | None = None,
        current: int | str | None = None,
    ) -> None:
        """Change how history behaves.

        `lag`: seconds before new records are listed, in all mailboxes; `stub_labels`: which
        records carry labelIds; `current`: the mailbox's newest id (grows only, below 2**64).
        """
        if lag is not None:
            self._google.database.keep_setting("history_lag", float(lag))
        if stub_labels is not None:
            if stub_labels not in ("always", "sometimes", "never"):
                raise ValueError("stub_labels is always, sometimes or never")
            self._google.database.keep_setting("history_stub_labels", stub_labels)
        if current is not None:
            self._google.history.set_current(self._mailbox(mailbox or ""), int(current))

    def raise_history_floor(self, mailbox: str) -> str:
        """Forget the mailbox's history: older start ids answer 404. Return the new floor."""
        return str(self._google.history.raise_floor(self._mailbox(mailbox)))

    def approve(
        self,
        url: str,
        email: str,
        scopes: Sequence[str] | None = None,
        *,
        deny: bool = False,
    ) -> str:
        """Answer a consent page as a person would and return where the browser is sent.

        `url` is the authorisation URL, `scopes` those ticked (None: all). ValueError where Google
        shows an error page instead of redirecting.
        """
        query_string = urllib.parse.urlsplit(url).query
        query = urllib.parse.parse_qs(query_string, keep_blank_values=True)
        asked = query.get("scope", [""])[0].split()
        form = [("account", email), ("decision", "deny" if deny else "allow")]
        form += [("scope", scope) for scope in (asked if scopes is None else scopes)]
        body = urllib.parse.urlencode(form).encode()
        path = "/o/oauth2/v2/auth"
        answer = self._google.answer(Request("POST", path, query, {}, body, query_string))
        if "Location" not in answer.headers:
            raise ValueError(f"the consent page answers {answer.status}")
        return answer.headers["Location"]

    def revoke_grant(self, mailbox: str) -> None:
        """Let the account's owner remove the application's access."""
        self._google.accounts.revoke_grant(self._mailbox(mailbox))

    def change_password(self, mailbox: str) -> None:
        """Let the owner change the password: tokens with Gmail scopes die."""
        self._google.accounts.change_password(self._mailbox(mailbox))

    def expire_access_tokens(self, mailbox: str) -> None:
        """End the mailbox's access tokens before their time; refreshing still works."""
        self._google.accounts.expire_access_tokens(self._mailbox(mailbox))

    def set_scopes(self, mailbox: str, scopes: Sequence[str]) -> None:
        """Change what the mailbox's grant and its live tokens allow (full scope names)."""
        self._google.accounts.set_scopes(self._mailbox(mailbox), tuple(scopes))

    def set_consent_error(self, email: str, error: str | None) -> None:
        """Let every consent of the account end in an OAuth error, such as admin_policy_enforced."""
        self._google.accounts.set_consent_error(self._mailbox(email), error)

    def plant(
        self,
        method: str,
        kind: str,
        mailbox: str | None = None,
        nth: int = 1,
        times: int | None = 1,
        when: Literal["before", "after"] = "before",
        **options: Any,
    ) -> int:
        """Let a method fail; return the fault's id.

        `method` is a name such as messages.get, history.list, watch, oauth.token, or * for all.
        The nth call from now on is struck, and the following ones until it struck `times` times
        (None: for ever). `when`: before the call takes effect, or after it did. Kinds and options:
        status(status=503); unauthorized (401); forbidden(reason="rateLimitExceeded", ...) (403);
        too_many_requests(retry_after=60) (429 with the time in its message); quota (429);
        error(status, reason, message, status_name); oauth_error(error="invalid_grant",
        description, status=400); html(status=503); hang(seconds); reset; close;
        truncate; slow(seconds); empty_page (of history.list).
        """
        return self._google.faults.plant(
            method,
            kind,
            mailbox=mailbox and mailbox.lower(),
            nth=nth,
            times=times,
            when=when,
            **options,
        )

    def faults(self) -> list[dict[str, Any]]:
        """Return each planted fault with the number of calls it saw and struck."""
        return self._google.faults.report()

    def clear_faults(self) -> None:
        """Remove every planted fault."""
        self._google.faults.clear()

    def set_quota(
        self,
        units_per_minute: int | None = 6000,
        concurrent: int | None = None,
        latency: float = 0.0,
    ) -> None:
        """Change the limits of every user: units in 60 s, calls at once; None for no limit.

        `latency` makes each call take that many seconds (wall clock) longer, so that they overlap.
        """
        self._google.quota.limit = units_per_minute
        self._google.quota.concurrent = concurrent
        self._google.quota.latency = latency

    def quota(self, mailbox: str) -> dict[str, Any]:
        """Return what a user spent.

        Members: used (units of the last 60 s), limit, refused (calls), peak_concurrent (most calls
        at once) and peaks (the same by method).
        """
        return self._google.quota.report(self._mailbox(mailbox))

    def calls(self, mailbox: str | None = None) -> dict[str, int]:
        """Return how often each method was called, refused calls included."""
        return self._google.calls.report(mailbox and mailbox.lower())

    def reset_calls(self) -> None:
        """Count calls from zero again."""
        self._google.calls.reset()

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            return self._control.answer(request)
        return self._google.answer(request)

    def _health(self) -> dict[str, Any]:
        return {
            "ok": True,
            "url": self.url,
            "smtp_port": self.smtp_port,
            "now": self._google.clock.now(),
        }

    def _receives(self, address: str) -> str | None:
        account = self._google.accounts.get(address)
        return account.email if account is not None and account.gmail else None

    def _mailbox(self, email: str) -> str:
        account = self._google.accounts.get(email)
        if account is None:
            raise KeyError("no such account")
        return account.email
