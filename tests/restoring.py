"""Restoring a backup of a desk's database, and making it good, as an operator does."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Final

from shared.clock import to_text
from shared.store.contract import Document
from shared.store.sqlite import SqliteStore
from tests.counting import CountingStore
from tests.desk import DeskUnderTest
from tests.rewinding import moment, new_instances
from tools import operate

RESTORED: Final = "restored-1"


def backup(desk: DeskUnderTest) -> list[Document]:
    """Return what a backup of the desk's database holds."""
    return list(desk.files["(default)"].dump())


def restore(desk: DeskUnderTest, documents: list[Document]) -> None:
    """Put a backup into a database of another name, which the functions are deployed over."""
    desk.files["(default)"].close()
    store = SqliteStore(None, "(default)", desk.files["audit"]._indexes, desk.clock)
    store.transact(lambda tx: [tx.put(d.collection, d.id, d.data) for d in documents])
    desk.files["(default)"] = store
    desk.desk.stores["(default)"] = CountingStore(store, desk.counts)  # type: ignore[assignment]
    desk.desk.settings = dataclasses.replace(desk.desk.settings, database=RESTORED)
    new_instances(desk, moment(desk))


def operated(desk: DeskUnderTest, *more: str) -> int:
    """Run after-restore as an operator does."""
    when = to_text(desk.clock.now() - timedelta(minutes=1))
    arguments = ["after-restore", "--backup-time", when, "--operator", "olga", *more]
    return operate.main(arguments, desk.app())
