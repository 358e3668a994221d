"""Checks of the desk itself: its clock, secrets, databases, address, people and post."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from shared.app import MANIFEST, App
from shared.domain.people import USERS
from shared.errors import ProductError, Unavailable
from shared.keys.contract import OAUTH_CLIENT
from shared.services import outbox as outboxes
from shared.store.contract import Filter, MissingIndex, Order, Query
from shared.store.indexes import CompositeIndex, Indexes
from tools.doctor.finding import Finding, fault, fine
from tools.doctor.outside import Outside

INDEXES: Final = Path(__file__).parent.parent.parent / "infra" / "indexes.json"
GMAIL: Final = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
_SKEW: Final = timedelta(seconds=30)  # signatures and one-time codes bear no more
_KEY_BYTES: Final = 32


def clock(app: App, outside: Outside) -> Iterator[Finding]:
    """Compare this machine's clock with Google's: tokens are refused by a clock that is wrong."""
    try:
        ahead = app.clock.now() - outside.google_time()
    except OSError:
        yield fault("clock", "Google does not answer", "let this machine reach the internet")
        return
    if abs(ahead) > _SKEW:
        seconds = round(ahead.total_seconds())
        yield fault("clock", f"{seconds} s ahead of Google's", "set the time by NTP")
    else:
        yield fine("clock", "within half a minute of Google's")


def secrets(app: App, outside: Outside) -> Iterator[Finding]:
    """Read every secret that a function reads, and measure it."""
    del outside
    rows = json.loads(MANIFEST.read_text("utf-8"))["functions"].values()
    for name in sorted({secret for row in rows for secret in row["secrets"]}):
        try:
            value = app.keys.primary(name).value
        except ProductError as error:
            yield fault(
                f"secret {name}",
                f"cannot be read: {error.code}",
                f"add a version and the alias `primary`: docs/operations.md, step 6, for {name}",
            )
            continue
        if name != OAUTH_CLIENT and len(value) != _KEY_BYTES:
            yield fault(
                f"secret {name}",
                f"has {len(value)} bytes, not {_KEY_BYTES}",
                f"openssl rand 32 | gcloud secrets versions add {name} --data-file=-, then the alias",
            )
        elif not value.strip():
            yield fault(f"secret {name}", "is empty", "add the OAuth client's secret as a version")
        else:
            yield fine(f"secret {name}", "readable")


def databases(app: App, outside: Outside) -> Iterator[Finding]:
    """Ask each database for a document that is not there."""
    del outside
    for name, store in {
        app.settings.database: app.store,
        app.settings.keyring_database: app.keyring,
        app.settings.audit_database: app.audit,
        app.settings.witness_database: app.witness,
    }.items():
        try:
            store.get("settings", "doctor")
        except ProductError as error:
            yield fault(
                f"database {name}",
                f"does not answer: {error.code}",
                f"gcloud firestore databases describe --database='{name}'; then your own rights on it",
            )
        else:
            yield fine(f"database {name}", "answers")


def indexes(app: App, outside: Outside) -> Iterator[Finding]:
    """Ask the query that each composite index of `(default)` is there for."""
    del outside
    missing = []
    wanted = [one for one in Indexes.load(INDEXES).composites if one.database == "(default)"]
    for index in wanted:
        try:
            app.store.query(_query_of(index))
        except MissingIndex:
            missing.append(index)
    for index in missing:
        fields = ", ".join(field for field, _ in index.fields)
        yield fault(
            "indexes",
            f"{index.collection} ({fields}) is not there",
            "wait if it is being built: gcloud firestore indexes composite list; else apply again",
        )
    if not missing:
        yield fine("indexes", f"all {len(wanted)} answer")


def topic(app: App, outside: Outside) -> Iterator[Finding]:
    """Look whether Gmail may publish to our topic."""
    del app
    try:
        publishers = outside.publishers()
    except OSError:
        yield fault(
            "topic", "its policy cannot be read", "install gcloud, and sign in as who may read it"
        )
        return
    if publishers is None:
        yield fine("topic", "the local Gmail posts by itself")
    elif GMAIL in publishers:
        yield fine("topic", "Gmail may publish")
    else:
        yield fault(
            "topic",
            "Gmail may not publish: no push will come",
            f"apply again; where a policy forbids it, make an exception for {GMAIL}",
        )


def site(app: App, outside: Outside) -> Iterator[Finding]:
    """Open the home and the page as a browser would."""
    for path, header in {
        "/": "content-security-policy",
        "/desk/": "content-security-policy",
    }.items():
        try:
            answer = outside.page(path)
        except OSError:
            yield fault(
                f"address {app.settings.public_url}{path}",
                "does not answer",
                "the domain's A record and the certificate: docs/operations.md, step 7",
            )
            continue
        if answer.status != 200 or header not in answer.headers:
            yield fault(
                f"address {app.settings.public_url}{path}",
                f"answers {answer.status}{'' if header in answer.headers else ' without its headers'}",
                "the log of `public`, or make bundle and apply again for /desk/",
            )
        else:
            yield fine(f"address {app.settings.public_url}{path}", "answers")


def administrators(app: App, outside: Outside) -> Iterator[Finding]:
    """Look for somebody who can administer."""
    del outside
    people = app.store.query(
        Query(USERS, (Filter("role", "==", "administrator"),), limit=50)
    ).documents
    if any(not one.data.get("disabled") for one in people):
        yield fine("administrators", "there is one")
    else:
        yield fault(
            "administrators",
            "there is none",
            "python -m tools.operate set-up-link ADDRESS --name NAME --operator YOU",
        )


def mail_server(app: App, outside: Outside) -> Iterator[Finding]:
    """Speak with the server of the desk's own mail, up to signing in: codes and invitations go by it."""
    del outside
    try:
        app.smtp.check()
    except ProductError as error:
        yield fault(
            "mail server",
            f"refuses or is missing: {error.code}",
            "enter it anew in the administration, or by a set-up link if nobody can sign in",
        )
    else:
        yield fine("mail server", "takes mail")


def outbox(app: App, outside: Outside) -> Iterator[Finding]:
    """Look for events that wait for longer than the sweep of every minute lets them."""
    del outside
    before = app.clock.now() - timedelta(minutes=10)
    waiting = app.store.query(
        Query(outboxes.COLLECTION, (Filter("due_at", "<", before),), (Order("due_at"),), limit=100)
    ).documents
    if waiting:
        yield fault(
            "outbox",
            f"{len(waiting)} events and more are not published since ten minutes",
            "the log of `apply_deadlines`; gcloud scheduler jobs run tick-deadlines",
        )
    else:
        yield fine("outbox", "nothing waits")


def dead_letters(app: App, outside: Outside) -> Iterator[Finding]:
    """Look for deliveries that were given up."""
    del outside
    try:
        letters = app.dead_letters.dead_letters(limit=100)
    except Unavailable:
        yield fault(
            "dead letters", "cannot be listed", "your own rights on the dead- subscriptions"
        )
        return
    if not letters:
        yield fine("dead letters", "none")
    for subscription in sorted({letter.subscription for letter in letters}):
        yield fault(
            "dead letters",
            f"{sum(one.subscription == subscription for one in letters)} of {subscription}",
            f"mend the cause, then: python -m tools.operate replay {subscription} --limit 100 --operator YOU",
        )


def _query_of(index: CompositeIndex) -> Query:
    """Return a query that needs this index and finds nothing: equality, membership, then one order."""
    *before, (last, mode) = index.fields
    filters = [
        Filter(field, "array_contains" if how == "array" else "==", "doctor")
        for field, how in before
    ]
    return Query(
        index.collection, tuple(filters), (Order(last, descending=mode == "descending"),), limit=1
    )
