"""The addresses that a mailbox may send from, and the settings methods that list them.

Rule: developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings.sendAs.
"""

import re
import sqlite3
from typing import Any, Literal

from .accounts import Accounts
from .database import Database
from .errors import not_found
from .gmail_api import Call, GmailApi

VerificationStatus = Literal["accepted", "pending"]


class SendAs:
    """Send-as aliases beside each mailbox's primary address."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts

    def mount(self, api: GmailApi) -> None:
        """Let these methods be answered here."""
        api.add("settings.sendAs.list", self.list_all)
        api.add("settings.sendAs.get", self.get_one)

    def add(self, mailbox: str, address: str, name: str, status: VerificationStatus | None) -> None:
        """Add an alias, or change one; `status` None is what native Workspace aliases show.

        Raises ValueError for what is no address, the primary one, or no status.
        """
        address = address.lower()
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) or address == mailbox:
            raise ValueError("an alias is another address than the mailbox's own")
        if status not in ("accepted", "pending", None):
            raise ValueError("verification_status is accepted, pending or none")
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO send_as VALUES (?, ?, ?, ?)",
                (mailbox, address, name, status),
            )

    def allows(self, mailbox: str, address: str) -> bool:
        """Say whether Gmail lets mail of a mailbox go out under an address."""
        if address.lower() == mailbox:
            return True
        return any(
            row["address"] == address.lower() and row["status"] != "pending"
            for row in self._aliases(mailbox)
        )

    def list_all(self, call: Call) -> dict[str, Any]:
        """users.settings.sendAs.list: the primary address first."""
        return {"sendAs": self._all(call.mailbox)}

    def get_one(self, call: Call) -> dict[str, Any]:
        """users.settings.sendAs.get."""
        for entry in self._all(call.mailbox):
            if entry["sendAsEmail"] == call.ids["sendAsEmail"].lower():
                return entry
        raise not_found()

    def _all(self, mailbox: str) -> list[dict[str, Any]]:
        account = self._accounts.get(mailbox)
        primary = {
            "sendAsEmail": mailbox,
            "displayName": account.name if account else "",
            "replyToAddress": "",
            "signature": "",
            "isPrimary": True,
            "isDefault": True,
        }
        return [primary, *[_alias(row) for row in self._aliases(mailbox)]]

    def _aliases(self, mailbox: str) -> list[sqlite3.Row]:
        return self._database.rows(
            "SELECT address, name, status FROM send_as WHERE mailbox = ? ORDER BY address", mailbox
        )


def _alias(row: sqlite3.Row) -> dict[str, Any]:
    # What is false or blank is left out, as Google's JSON may.
    entry = {
        "sendAsEmail": row["address"],
        "displayName": row["name"],
        "replyToAddress": "",
        "signature": "",
        "treatAsAlias": True,
    }
    return entry | ({"verificationStatus": row["status"]} if row["status"] else {})
