"""Every page of the desk, by where it stands: what is true of all of them is tested of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).parent.parent.parent / "web"
_ENTRY: Final = re.compile(r"^  (\w+): ", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """A page: its address, with {ticket} and the like for those of the desk; who looks at it."""

    name: str
    address: str
    role: str | None = "agent"


PLACES: Final = (
    Place("sign_in", "", None),
    Place("queue", "#/tickets"),
    Place("ticket", "#/tickets/{ticket}"),
    Place("mailboxes", "#/mailboxes", "administrator"),
    Place("account", "#/account"),
    Place("customers", "#/customers"),
    Place("customers/one", "#/customers/{customer}"),
    Place("search", "#/tickets?q=printer"),
    Place("admin/people", "#/admin/people", "administrator"),
    Place("admin/people/one", "#/admin/people/{person}", "administrator"),
    Place("admin/roles", "#/admin/roles", "administrator"),
    Place("admin/teams", "#/admin/teams", "administrator"),
    Place("admin/rules", "#/admin/rules", "supervisor"),
    Place("admin/tags", "#/admin/tags", "supervisor"),
    Place("admin/saved_replies", "#/admin/saved_replies", "supervisor"),
    Place("admin/fields", "#/admin/fields", "administrator"),
    Place("admin/webhooks", "#/admin/webhooks", "administrator"),
    Place("admin/reports", "#/admin/reports", "supervisor"),
    Place("admin/exports", "#/admin/exports", "administrator"),
    Place("admin/imports", "#/admin/imports", "administrator"),
    Place("admin/privacy", "#/admin/privacy", "administrator"),
    Place("admin/holds", "#/admin/holds", "administrator"),
    Place("admin/proofs", "#/admin/proofs/{mailbox}", "administrator"),
    Place("admin/retention", "#/admin/retention/{mailbox}", "administrator"),
    Place("admin/dead_letters", "#/admin/dead_letters", "administrator"),
    Place("admin/audit", "#/admin/audit", "auditor"),
    Place("admin/smtp", "#/admin/smtp", "administrator"),
    Place("admin/mailbox", "#/admin/mailbox/{mailbox}", "administrator"),
)


# What a page shows when one of its rows is opened, or words are looked for.
OPENED: Final = {"customers/one", "search", "admin/people/one"}


def names_in_the_page() -> set[str]:
    """Return the names that the page itself has for its pages, as its modules list them."""
    pages = _table(WEB / "pages" / "shell.js", "PAGES")
    sections = _table(WEB / "pages" / "admin" / "administration.js", "LOADS")
    return (pages - {"admin"}) | {f"admin/{name}" for name in sections} | {"sign_in", "queue"}


def _table(module: Path, name: str) -> set[str]:
    text = module.read_text("utf-8")
    start = text.index(f"const {name} = {{")
    return set(_ENTRY.findall(text[start : text.index("\n};", start)]))
