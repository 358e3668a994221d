"""The demo organisation: people with random passwords, mailboxes connected by OAuth, sample mail."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Final, Protocol

from local.browser import Browser
from local.home import write_private
from local.sandbox_client import SandboxClient
from shared import codec, ids
from shared.app import App
from shared.auth import passwords
from shared.domain.people import USERS, User
from shared.services.accounts import sign_in
from shared.settings import Settings
from shared.store.contract import Transaction

SUPPORT: Final = "support@example.com"
SALES: Final = "sales@example.com"
BILLING: Final = "billing@example.com"
MAILBOXES: Final = {
    SUPPORT: "Example Support",
    SALES: "مبيعات المثال",
    BILLING: "Example Billing",
}
# Who has written in: their mailboxes are in the sandbox, so that what the desk answers arrives.
CUSTOMERS: Final = {
    "nora.lind@customers.example.net": "Nora Lind",
    "omar@shop.example.org": "Omar Haddad",
    "layla@buyers.example.org": "ليلى حسن",
    "faris@buyers.example.org": "فارس صالح",
}
ROLES: Final = ("administrator", "supervisor", "agent", "viewer", "auditor")
# Who works in which mailbox; the administrator is no member of billing@, to show what that means.
MEMBERS: Final = {
    SUPPORT: ("administrator", "supervisor", "agent", "viewer"),
    SALES: ("supervisor", "agent"),
    BILLING: ("supervisor",),
}
SAMPLES: Final = Path(__file__).parent / "samples"


class SeededDesk(Protocol):
    """A desk, whichever seams it runs on."""

    home: Path
    settings: Settings

    def operator(self) -> App:
        """Return an app that may do everything."""
        ...


def people(desk: SeededDesk) -> dict[str, tuple[str, str]]:
    """Return (address, password) of each demo person by role, making those that do not exist yet."""
    path = desk.home / "demo.json"
    if path.exists():
        return {role: (p[0], p[1]) for role, p in json.loads(path.read_text("utf-8")).items()}
    made = {role: (f"{role}@example.com", secrets.token_urlsafe(12)) for role in ROLES}
    for role, (address, password) in made.items():
        _create(desk, role, address, password)
    write_private(path, json.dumps(made, indent=1).encode())
    return made


def mailboxes(desk: SeededDesk, sandbox: SandboxClient, url: str) -> dict[str, str]:
    """Return the ids of the demo mailboxes by address, connecting them by OAuth where needed."""
    path = desk.home / "mailboxes.json"
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text("utf-8"))
        return known
    browser = Browser(url, desk.home)
    browser.sign_in(*people(desk)["administrator"])
    connected = {}
    for address, name in MAILBOXES.items():
        sandbox.call("add_account", email=address, name=name, hd="example.com")
        connected[address] = browser.connect(address)
    for address, roles in MEMBERS.items():
        for role in roles:
            join(desk.operator(), people(desk)[role][0], connected[address])
    for address in MAILBOXES:
        for sample in sorted((SAMPLES / address.partition("@")[0]).glob("*.eml")):
            sandbox.deliver(address, sample.read_bytes())
    write_private(path, json.dumps(connected, indent=1).encode())
    return connected


def customers(sandbox: SandboxClient) -> None:
    """Give the customers of the sample mail mailboxes of their own; done again, it changes nothing."""
    for address, name in CUSTOMERS.items():
        sandbox.call("add_account", email=address, name=name)


def _create(desk: SeededDesk, role: str, address: str, password: str) -> None:
    app = desk.operator()
    local = desk.settings.local
    assert local is not None
    user_id = ids.derived_id(ids.USER, "demo", address)
    app.envelope.create(user_id)
    user = User(
        address_token=sign_in.address_token(app, address),
        pseudonym=ids.random_id("act"),
        role=role,
        mailbox_ids=(),
        password=codec.to_document(
            passwords.hash_password(app.keys, password, local.password_cost)
        ),
        sealed=app.envelope.seal(
            user_id,
            sign_in.user_context(user_id),
            {"address": address, "name": f"Demo {role.capitalize()}"},
        ),
    )
    app.store.transact(lambda tx: tx.put(USERS, user_id, codec.to_document(user)))


def join(app: App, address: str, mailbox_id: str) -> None:
    """Make a demo person a member of a mailbox."""
    user_id = ids.derived_id(ids.USER, "demo", address)

    def work(tx: Transaction) -> None:
        found = tx.get(USERS, user_id)
        assert found is not None
        user = codec.from_document(User, found.data)
        members = sorted({*user.mailbox_ids, mailbox_id})
        tx.update(USERS, user_id, {"mailbox_ids": members})

    app.store.transact(work)
