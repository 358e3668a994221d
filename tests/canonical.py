"""What a desk holds, as plain data that two runs can be compared by.

Everything that may differ between two runs which did the same is left out or renamed: our own times, fences,
versions and random ids go, ciphertext is opened, derived ids become what they stand for. A message is
named by mailbox and Message-ID (by what it says where it has none), a ticket by its first message, a
Gmail thread by its first message, a customer by address. Gmail's own times stay: they are content.

The audit log says in which order things came in, rightly; so of each ticket it is compared which
messages were recorded, and that one event opened it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.app import App
from shared.audit import entry as audit_entries
from shared.audit import tree
from shared.domain import (
    customers,
    disconnects,
    erasures,
    mailboxes,
    messages,
    notes,
    notifications,
    people,
    reconciliations,
    tickets,
)
from shared.keys import envelope
from shared.services import outbox
from shared.services.audit import sealed_log, witnessing
from shared.store.contract import Document

Dump = dict[str, Any]
Documents = Mapping[str, Mapping[str, Any]]

_RECORDED: Final = frozenset({"ticket.created", "message.joined", "message.muted"})
_MESSAGE_FIELDS: Final = (
    *("direction", "kind", "muted", "thread_reason", "reasons", "problems", "received_at"),
    *("size", "sender_trusted", "authentication", "attachments", "state"),
)
_TICKET_FIELDS: Final = (
    *("state", "first_message_at", "first_is_inbound", "customer_message_at", "last_message_at"),
    *(
        "message_count",
        "merged_into",
        "assignee_id",
        "tags",
        "conversation",
        "merged_from",
        "links",
    ),
    *("generation", "generations", "current", "follow_up_of", "followed_by"),
)
_STATEMENT_FIELDS: Final = ("gmail", "accounted", "missing", "repaired", "gone", "stored_only")
_SYNC_FIELDS: Final = (
    *("active", "cursor", "dirty", "resync_anchor", "resync_since", "resync_page"),
    "last_error",
)


def canonical(app: App, databases: Mapping[str, Iterable[Document]]) -> Dump:
    """Return everything that is stored, comparable; `databases` holds all documents by database."""
    return _Reader(app, databases).read()


class _Reader:
    def __init__(self, app: App, databases: Mapping[str, Iterable[Document]]) -> None:
        self._app = app
        self._all: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
        for database, documents in databases.items():
            for document in documents:
                self._all[database, document.collection][document.id] = document.data
        self._addresses = {
            id: f"what was {id}"
            if data["state"] == "disconnected"
            else self._open(id, f"mailboxes/{id}/sealed", data["sealed"])["address"]
            for id, data in self._of(mailboxes.COLLECTION).items()
        }
        stored = self._of(messages.COLLECTION)
        self._stored = {id: m for id, m in stored.items() if m["state"] == "stored"}
        self._fields = {
            id: self._open(m["mailbox_id"], f"messages/{id}/sealed", m["sealed"])
            for id, m in self._stored.items()
        }
        self._names = self._name_messages()
        self._threads = self._name_threads()
        self._words = self._name_tokens()

    def read(self) -> Dump:
        return {
            "mailboxes": self._mailboxes(),
            "tickets": {self._ticket(id): self._read_ticket(id) for id in self._of("tickets")},
            "messages": {self._names[id]: self._message(id) for id in self._stored},
            "gone": sorted(
                (self._addresses[m["mailbox_id"]], m["gmail_id"], m["state"])
                for id, m in self._of(messages.COLLECTION).items()
                if id not in self._stored
            ),
            "bodies": self._bodies(),
            "customers": self._customers(),
            "codes": sorted(self._ticket(c["ticket_id"]) for c in self._of(tickets.CODES).values()),
            "keys": sorted(self._owner(id) for id in self._of(envelope.COLLECTION, "keyring")),
            "audit": self._audit(),
            "sealed": self._sealed(),
            "outbox": sorted(row["topic"] for row in self._of(outbox.COLLECTION).values()),
            "parked": sorted(
                (self._addresses[p["mailbox_id"]], p["gmail_id"])
                for p in self._of(mailboxes.PARKED).values()
            ),
            "told": sorted(
                (n["user_id"], n["kind"], self._ticket(n["ticket_id"]), n["mail"], n["unread"])
                for n in self._of(notifications.COLLECTION).values()
            ),
            "disconnects": {
                self._addresses[id]: (
                    row["destroyed"],
                    row["finished_at"] and row["swept_at"] and 1,
                )
                for id, row in self._of(disconnects.COLLECTION).items()
            },
            "proofs": self._proofs(),
            "statements": sorted(
                (self._addresses[s["mailbox_id"]], *(s[name] for name in _STATEMENT_FIELDS))
                for s in self._of(reconciliations.STATEMENTS).values()
            ),
            "erasures": sorted(
                (e["kind"], e["state"], json.dumps(e["counts"], sort_keys=True))
                for e in self._of(erasures.COLLECTION).values()
                if e["kind"] == erasures.ErasureKind.RETENTION
            ),
            "notes": sorted(
                (self._ticket(n["ticket_id"]), n["sealed"] is None)
                for n in self._of(notes.COLLECTION).values()
            ),
            "consents": len(self._of(people.CHALLENGES)),
        }

    def _of(self, collection: str, database: str = "(default)") -> Documents:
        return self._all[database, collection]

    def _open(self, owner: str, context: str, sealed: str | None) -> Any:
        return None if sealed is None else self._app.envelope.open(owner, context, sealed)

    def _name_messages(self) -> dict[str, str]:
        """Name each message by mailbox and Message-ID; copies are numbered by their time."""
        named: dict[str, str] = {}
        seen: dict[str, int] = defaultdict(int)
        for id, message in sorted(self._stored.items(), key=lambda m: (m[1]["received_at"], m[0])):
            fields = self._fields[id]
            name = fields["message_id"] or f"#{_digest([fields, message['size']])}"
            name = f"{self._addresses[message['mailbox_id']]} {name}"
            seen[name] += 1
            named[id] = name if seen[name] == 1 else f"{name} ({seen[name]})"
        return named

    def _name_threads(self) -> dict[tuple[str, str], str]:
        first: dict[tuple[str, str], str] = {}
        for id, message in sorted(self._stored.items(), key=lambda m: (m[1]["received_at"], m[0])):
            first.setdefault((message["mailbox_id"], message["gmail_thread_id"]), self._names[id])
        return first

    def _name_tokens(self) -> dict[str, str]:
        """Return what each equality token stands for, as far as a stored message tells."""
        words: dict[str, str] = {}
        for id, fields in self._fields.items():
            owner = self._stored[id]["mailbox_id"]
            if fields["message_id"]:
                token = self._app.envelope.token(owner, "message.id", fields["message_id"])
                words[token] = fields["message_id"]
            for person in (fields["from"], *fields["to"], *fields["cc"]):
                token = self._app.envelope.token(owner, "address", person["address"])
                words[token] = person["address"]
        for (_, thread), name in self._threads.items():
            words[f"thread:{thread}"] = f"thread of {name}"
        return words

    def _mailboxes(self) -> Dump:
        dump: Dump = {}
        for id, mailbox in self._of(mailboxes.COLLECTION).items():
            sync = self._of(mailboxes.SYNC).get(id)
            dump[self._addresses[id]] = {
                "state": mailbox["state"],
                "last_error": mailbox["last_error"],
                "has_credential": mailbox["credential"] is not None,
                "watched": mailbox["watch_expires_at"],
                "sync": sync and {name: sync.get(name) for name in _SYNC_FIELDS},
            }
        return dump

    def _proofs(self) -> Dump:
        return {
            self._addresses[id]: {
                "under way": proof["run"] is not None,
                "open": sorted(proof["open"]),
                "last": proof["last"] and (proof["last"]["gmail"], proof["last"]["missing"]),
            }
            for id, proof in self._of(reconciliations.COLLECTION).items()
        }

    def _ticket(self, id: str) -> str:
        """Return a ticket's name; one that does not exist yet is named by its first waiting message."""
        ticket = self._of(tickets.COLLECTION).get(id)
        if ticket is not None and ticket["destroyed_at"] is not None:
            return f"what was {ticket['code']}"
        if ticket is not None:
            return f"ticket of {self._names.get(ticket['first_message_id'], 'a missing message')}"
        waiting = [(m["received_at"], n) for n, m in self._stored.items() if m["ticket_id"] == id]
        return f"waiting with {self._names[min(waiting)[1]]}" if waiting else "a missing ticket"

    def _read_ticket(self, id: str) -> Dump:
        ticket = self._of(tickets.COLLECTION)[id]
        owner = ticket["mailbox_id"]
        return {
            **{name: ticket[name] for name in _TICKET_FIELDS},
            "mailbox": self._addresses[owner],
            "threads": sorted(
                self._threads.get((owner, thread), "an erased thread")
                for thread in ticket["gmail_threads"]
            ),
            "customer": ticket["customer_id"] and self._owner(ticket["customer_id"]),
            "participants": self._read_tokens(ticket["participants"]),
            "erased": ticket["erased_at"] is not None,
            "summary": self._open(owner, f"tickets/{id}/sealed", ticket["sealed"]),
            "messages": sorted(
                self._names[m] for m, message in self._stored.items() if message["ticket_id"] == id
            ),
        }

    def _message(self, id: str) -> Dump:
        message = self._stored[id]
        original = message["duplicate_of"]
        return {
            **{name: _plain(message[name]) for name in _MESSAGE_FIELDS},
            "ticket": self._ticket(message["ticket_id"]),
            "thread": self._threads[message["mailbox_id"], message["gmail_thread_id"]],
            "duplicate_of": original and self._names.get(original, "an erased message"),
            "tokens": self._read_tokens(message["thread_tokens"]),
            "people": self._read_tokens(message["people"]),
            "fields": self._fields[id],
        }

    def _read_tokens(self, tokens: Iterable[str]) -> list[str]:
        return sorted(self._words.get(token, "something unseen") for token in tokens)

    def _bodies(self) -> Dump:
        return {
            self._names.get(id, "a missing message"): self._open(
                body["mailbox_id"], f"bodies/{id}/sealed", body["sealed"]
            )
            for id, body in self._of(messages.BODIES).items()
        }

    def _customers(self) -> Dump:
        return {
            self._owner(id): {
                "known": self._known(id, customer),
                "mailboxes": sorted(self._addresses[one] for one in customer["mailbox_ids"]),
                "merged_into": customer["merged_into"] and self._owner(customer["merged_into"]),
                "merged": sorted(self._owner(one) for one in customer["merged"]),
            }
            for id, customer in self._of(customers.COLLECTION).items()
        }

    def _known(self, id: str, customer: Mapping[str, Any]) -> Any:
        if customer["sealed"] is None:
            return {"addresses": ["nobody's"]}
        return self._open(id, f"customers/{id}/sealed", customer["sealed"])

    def _owner(self, id: str) -> str:
        """Name whoever a key or a customer id belongs to."""
        if id in self._addresses:
            return str(self._addresses[id])
        customer = self._of(customers.COLLECTION).get(id)
        if customer is not None:
            return str(self._known(id, customer)["addresses"][0])
        return "a person of the organisation" if id.startswith("u_") else "a missing owner"

    def _audit(self) -> Dump:
        recorded: dict[str, Any] = defaultdict(lambda: {"opened": 0, "messages": [], "others": []})
        others = []
        for stored in self._of(audit_entries.COLLECTION, "audit").values():
            entry = json.loads(stored["text"])
            target = entry["target"] or {}
            if entry["action"] not in _RECORDED:
                others.append((entry["action"], entry["outcome"], str(entry["reason"])))
                continue
            of = recorded[self._ticket(target["id"])]
            of["opened"] += entry["action"] == "ticket.created"
            for change in entry["changes"]:
                if change["field"] == "message":
                    of["messages"].append(self._names.get(change["after"], "a missing message"))
                else:
                    of["others"].append(change)
        for of in recorded.values():
            of["messages"].sort()
        return {"tickets": dict(recorded), "others": sorted(others)}

    def _sealed(self) -> Dump:
        """Say whether all that was recorded is sealed, in one tree, copied, and seen by the witness."""
        head = self._of(sealed_log.LOG, "audit").get(sealed_log.HEAD)
        if head is None:
            return {}
        memory = self._of(witnessing.MEMORY, "witness").get(witnessing.OF_LOG, {})
        bundles = sorted(self._of(sealed_log.BUNDLES, "audit").items())
        leaves = tree.split_hashes(b"".join(bundle["hashes"] for _, bundle in bundles))
        entries = self._of(audit_entries.COLLECTION, "audit")
        return {
            "left": len(entries) - head["size"],
            "one tree": tree.root(leaves) == head["root"],
            "each once": {tree.leaf_hash(e["text"].encode()) for e in entries.values()}
            == set(leaves),
            "told": head["told_size"] == head["size"],
            "witnessed": memory.get("size") == head["size"],
            "held": head["lease_until"] is not None,
        }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """Return where two dumps differ, a line each: empty where they are equal."""
    if isinstance(found, dict) and isinstance(expected, dict):
        lines = []
        for key in sorted({*found, *expected}, key=str):
            place = f"{where} / {key}"
            if key not in expected:
                lines.append(f"{place}: not expected")
            elif key not in found:
                lines.append(f"{place}: missing")
            else:
                lines += differences(found[key], expected[key], place)
        return lines
    return [] if found == expected else [f"{where}: {found!r} instead of {expected!r}"]


def assert_equal(found: Dump, expected: Dump) -> None:
    """Fail with every difference of two dumps, a line each."""
    lines = differences(found, expected)
    assert not lines, "\n".join(lines)
