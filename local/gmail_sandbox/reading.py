"""The reading methods of Gmail's API: messages, threads, labels, attachments, drafts, history."""

import re
from typing import Any

from .clock import SandboxClock
from .errors import invalid_argument, not_found
from .gmail_api import Call, GmailApi
from .history import LISTS, History
from .mail import SYSTEM_LABELS, Mail, StoredMessage, is_label
from .opaque import OpaqueIds
from .rendering import Rendering
from .search import Query

FORMATS = ("minimal", "metadata", "full", "raw")
HIDDEN = frozenset(("SPAM", "TRASH"))
MAX_RESULTS = 500


class Reading:
    """Answers what the scope gmail.readonly allows to read."""

    def __init__(
        self,
        mail: Mail,
        history: History,
        rendering: Rendering,
        clock: SandboxClock,
        ids: OpaqueIds,
    ) -> None:
        self._mail = mail
        self._history = history
        self._rendering = rendering
        self._clock = clock
        self._ids = ids

    def mount(self, api: GmailApi) -> None:
        """Let these methods be answered here."""
        api.add("getProfile", self.get_profile)
        api.add("history.list", self.list_history)
        api.add_same_page("history.list", self.same_history_page)
        api.add("messages.list", self.list_messages)
        api.add("messages.get", self.get_message)
        api.add("messages.attachments.get", self.get_attachment)
        api.add("threads.list", self.list_threads)
        api.add("threads.get", self.get_thread)
        api.add("labels.list", self.list_labels)
        api.add("labels.get", self.get_label)
        api.add("drafts.list", self.list_drafts)
        api.add("drafts.get", self.get_draft)

    def get_profile(self, call: Call) -> dict[str, Any]:
        """users.getProfile."""
        messages, threads = self._mail.totals(call.mailbox)
        return {
            "emailAddress": call.mailbox,
            "messagesTotal": messages,
            "threadsTotal": threads,
            "historyId": str(self._history.current(call.mailbox)),
        }

    def list_history(self, call: Call) -> dict[str, Any]:
        """users.history.list."""
        if not call.text("startHistoryId"):
            raise invalid_argument("Missing required parameter: startHistoryId")
        start = call.number("startHistoryId", 0, 2**64)
        kinds = set(call.texts("historyTypes")) or set(LISTS)
        if not kinds <= LISTS.keys():
            raise invalid_argument("Invalid value at 'history_types' (TYPE_ENUM)")
        records, following = self._history.page(
            call.mailbox,
            start,
            int(self._position("history", call) or start),
            kinds,
            _checked_label(call.text("labelId")) if call.text("labelId") else None,
            self._limit(call),
        )
        answer: dict[str, Any] = {"historyId": str(self._history.current(call.mailbox))}
        if records:
            answer["history"] = records
        if following is not None:
            answer["nextPageToken"] = self._ids.seal("history", f"{call.mailbox} {following}")
        return answer

    def same_history_page(self, call: Call) -> str:
        """Return the page token that lists the same page of history again."""
        position = self._position("history", call) or call.text("startHistoryId")
        return self._ids.seal("history", f"{call.mailbox} {position}")

    def list_messages(self, call: Call) -> dict[str, Any]:
        """users.messages.list."""
        found = self._search(call)
        page, following = self._page("messages", call, [row["id"] for row in found])
        threads = {row["id"]: row["thread_id"] for row in found}
        answer: dict[str, Any] = {"resultSizeEstimate": len(found)}
        if page:
            answer["messages"] = [{"id": id_, "threadId": threads[id_]} for id_ in page]
        return answer | following

    def get_message(self, call: Call) -> dict[str, Any]:
        """users.messages.get."""
        form = call.choice("format", "full", FORMATS)
        message = self._message(call.mailbox, call.ids["id"])
        return self._render(call, message, form)

    def get_attachment(self, call: Call) -> dict[str, Any]:
        """users.messages.attachments.get."""
        message = self._message(call.mailbox, call.ids["messageId"])
        return self._rendering.attachment(call.mailbox, message.id, call.ids["id"])

    def list_threads(self, call: Call) -> dict[str, Any]:
        """users.threads.list: a thread stands where its newest match stands."""
        found = {row["thread_id"]: row for row in reversed(self._search(call))}
        newest = sorted(
            found.values(), key=lambda row: (row["internal_date"], row["id"]), reverse=True
        )
        ids = [row["thread_id"] for row in newest]
        page, following = self._page("threads", call, ids)
        answer: dict[str, Any] = {"resultSizeEstimate": len(ids)}
        if page:
            answer["threads"] = [
                {
                    "id": id_,
                    "snippet": found[id_]["snippet"],
                    "historyId": str(
                        max(m.history_id for m in self._mail.thread(call.mailbox, id_))
                    ),
                }
                for id_ in page
            ]
        return answer | following

    def get_thread(self, call: Call) -> dict[str, Any]:
        """users.threads.get."""
        form = call.choice("format", "full", FORMATS[:3])
        messages = self._mail.thread(call.mailbox, _checked_id(call.ids["id"]))
        if not messages:
            raise not_found()
        return {
            "id": messages[0].thread_id,
            "historyId": str(max(message.history_id for message in messages)),
            "messages": [self._render(call, message, form) for message in messages],
        }

    def list_labels(self, call: Call) -> dict[str, Any]:
        """users.labels.list: the system labels and those in use."""
        rows = self._mail.newest_first(call.mailbox)
        used = {name for row in rows for name in row["labels"].split()} - set(SYSTEM_LABELS)
        return {
            "labels": [{"id": name, "name": name, "type": "system"} for name in SYSTEM_LABELS]
            + [{"id": name, "name": name, "type": "user"} for name in sorted(used)]
        }

    def get_label(self, call: Call) -> dict[str, Any]:
        """users.labels.get, with its counts."""
        name = call.ids["id"]
        if not is_label(name):
            raise not_found()
        rows = [r for r in self._mail.newest_first(call.mailbox) if name in r["labels"].split()]
        unread = [row for row in rows if "UNREAD" in row["labels"].split()]
        return {
            "id": name,
            "name": name,
            "type": "system" if name in SYSTEM_LABELS else "user",
            "messagesTotal": len(rows),
            "messagesUnread": len(unread),
            "threadsTotal": len({row["thread_id"] for row in rows}),
            "threadsUnread": len({row["thread_id"] for row in unread}),
        }

    def list_drafts(self, call: Call) -> dict[str, Any]:
        """users.drafts.list."""
        found = {row["draft_id"]: row for row in self._search(call) if row["draft_id"]}
        page, following = self._page("drafts", call, list(found))
        answer: dict[str, Any] = {"resultSizeEstimate": len(found)}
        if page:
            answer["drafts"] = [
                {
                    "id": id_,
                    "message": {"id": found[id_]["id"], "threadId": found[id_]["thread_id"]},
                }
                for id_ in page
            ]
        return answer | following

    def get_draft(self, call: Call) -> dict[str, Any]:
        """users.drafts.get."""
        form = call.choice("format", "full", FORMATS)
        try:
            message = self._mail.by_draft(call.mailbox, call.ids["id"])
        except KeyError:
            raise not_found() from None
        return {"id": message.draft_id, "message": self._render(call, message, form)}

    def _render(self, call: Call, message: StoredMessage, form: str) -> dict[str, Any]:
        try:
            return self._rendering.message(
                call.mailbox, message, form, call.texts("metadataHeaders")
            )
        except KeyError:
            raise not_found() from None

    def _message(self, mailbox: str, message_id: str) -> StoredMessage:
        message = self._mail.find(mailbox, _checked_id(message_id))
        if message is None:
            raise not_found()
        return message

    def _search(self, call: Call) -> list[Any]:
        query = Query(call.text("q"), self._clock.now())
        labels = {_checked_label(name) for name in call.texts("labelIds")}
        # Spam and Trash show only where they are asked for.
        shown = HIDDEN if call.flag("includeSpamTrash") else (query.places | labels) & HIDDEN
        if "anywhere" in query.places:
            shown = HIDDEN
        return [
            row
            for row in self._mail.newest_first(call.mailbox, with_text=query.reads_text)
            if labels <= (own := set(row["labels"].split()))
            and not (own & HIDDEN) - shown
            and query.matches(row)
        ]

    def _page(self, kind: str, call: Call, ids: list[str]) -> tuple[list[str], dict[str, str]]:
        # A token names the last id shown, so that new mail above it shifts nothing.
        last = self._position(kind, call)
        start = 0
        if last is not None:
            start = ids.index(last) + 1 if last in ids else len(ids)
        page = ids[start : start + self._limit(call)]
        if start + len(page) >= len(ids):
            return page, {}
        token = self._ids.seal(kind, f"{call.mailbox} {page[-1]}")
        return page, {"nextPageToken": token}

    def _position(self, kind: str, call: Call) -> str | None:
        if not call.text("pageToken"):
            return None
        opened = self._ids.open(kind, call.text("pageToken"))
        mailbox, _, position = (opened or "").partition(" ")
        if mailbox != call.mailbox:
            raise invalid_argument("Invalid pageToken")
        return position

    @staticmethod
    def _limit(call: Call) -> int:
        limit = call.number("maxResults", 100, MAX_RESULTS)
        if limit == 0:
            raise invalid_argument("Invalid maxResults")
        return limit


def _checked_label(name: str) -> str:
    if not is_label(name):
        raise invalid_argument(f"Invalid label: {name[:40]}")
    return name


def _checked_id(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{1,16}", text):
        raise invalid_argument("Invalid id value")
    return text.zfill(16)
