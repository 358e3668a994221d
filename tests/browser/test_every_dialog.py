"""What holds in every dialog: axe finds nothing, nothing is scrolled sideways, the focus is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Error, expect

from shared import ids
from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.domain.events import MESSAGE_RECEIVED
from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW, WIDE
from tests.browser.dialogs import (
    ADMINISTRATOR,
    DIALOG,
    MENU,
    MENUS,
    SPOTS,
    SUPERVISOR,
    dialogs_in_the_page,
)
from tests.browser.looking import broken_rules, settled, unseen_focus
from tests.browser.person import Person, person
from tests.browser.working_day import fill
from tests.desk import SUPPORT, DeskUnderTest

HOST = "localhost"
_PLAIN: Final = "Invoice 77 – wrong address"
_LOOKS: Final = [
    pytest.param("en", "light", WIDE, id="en-light-wide"),
    pytest.param("ar", "dark", NARROW, id="ar-dark-narrow"),
    *(
        pytest.param(
            language, theme, width, id=f"{language}-{theme}-{width}", marks=pytest.mark.slow
        )
        for language in ("en", "ar")
        for theme in ("light", "dark")
        for width in (NARROW, WIDE)
        if (language, theme, width) not in (("en", "light", WIDE), ("ar", "dark", NARROW))
    ),
]


def test_no_dialog_is_forgotten() -> None:
    """The dialogs that are looked at are those that the page's modules show, each of them once."""
    named = [name for spot in SPOTS for name in spot.dialogs]
    shown = dialogs_in_the_page()

    of_each = [
        [f"{module} {key}" for key in keys if f"{module} {key}" in named] for module, keys in shown
    ]

    assert len(shown) > 50
    assert [shown[n] for n, names in enumerate(of_each) if len(names) != 1] == []
    assert sorted(name for names in of_each for name in names) == sorted(named)


@pytest.fixture(scope="module")
def places(shared_desk: DeskUnderTest) -> Iterator[dict[str, str]]:
    """Return the ids of a desk in the middle of its day, on which every dialog has something to ask."""
    desk = shared_desk
    found = fill(desk)
    unknown = ids.random_id(ids.MAILBOX)
    desk.queue.publish(MESSAGE_RECEIVED, {"mailbox_id": unknown, "gmail_id": "1"})
    once = Retry(0.01, 1.0, attempts=1)
    Courier(desk.queue, lambda *_: 500, desk.desk.signer, desk.clock, once).deliver_due()
    supervisor, administrator = (desk.browser(role) for role in (SUPERVISOR, ADMINISTRATOR))
    people = administrator.get("/api/admin/people").json["items"]
    [viewer] = [one for one in people if one["role"] == "viewer"]
    # One of plain mail: a frame that comes moves what is just being pressed.
    [ticket] = [one for one in desk.tickets() if one["subject"] == _PLAIN]
    filters = {"mailbox_ids": [], "states": ["new"]}
    rule = {
        "name": "Bills",
        "when": ["ticket_created"],
        "conditions": [],
        "actions": {"priority": "high"},
    }
    hook = {"name": "Stock", "url": "https://hooks.example.com/desk", "actions": ["ticket.created"]}
    server = {"host": "smtp.example.com", "port": 465, "security": "tls", "sender": SUPPORT}
    box = f"/api/admin/mailboxes/{found['mailbox']}"
    for browser, path, body in (
        (desk.browser("viewer"), "/api/account/factors/recovery_codes", None),
        (supervisor, f"/api/tickets/{ticket['id']}/notes", {"text": "They moved in May."}),
        (supervisor, f"/api/tickets/{ticket['id']}/replies", {"text": "Somebody comes."}),
        (supervisor, "/api/tickets/views", {"name": "Fires", "filters": filters}),
        (supervisor, "/api/tickets/saved_replies", {"name": "Thanks", "text": "Thank you."}),
        (supervisor, f"{box}/rules", rule),
        (administrator, "/api/admin/roles", {"name": "Night", "permissions": ["ticket:read"]}),
        (administrator, "/api/admin/webhooks", hook),
        (administrator, "/api/admin/exports", {"mailbox_ids": [found["mailbox"]], "mail": False}),
        (
            administrator,
            "/api/admin/legal_holds",
            {"kind": "ticket", "target": ticket["code"], "reason": "A case"},
        ),
        (
            administrator,
            "/api/admin/privacy/requests",
            {"customer_id": ticket["customer_id"], "kind": "erasure", "text": ""},
        ),
    ):
        answer = browser.send("POST", path, body)
        assert answer.status_code in {200, 201, 202}, (path, answer.data)
    answer = administrator.send("PATCH", f"{box}/smtp", server, if_match='"0"')
    assert answer.status_code == 200, answer.data
    yield found | {
        "ticket": ticket["id"],
        "customer": ticket["customer_id"],
        "person": viewer["id"],
    }
    for letter in desk.queue.dead_letters():
        desk.queue.replay(letter.id)
    desk.settle()


@pytest.mark.parametrize("role", [SUPERVISOR, ADMINISTRATOR])
@pytest.mark.parametrize(("language", "theme", "width"), _LOOKS)
def test_dialogs_are_for_everybody(
    open_desk: OpenDesk, places: dict[str, str], language: str, theme: str, width: int, role: str
) -> None:
    """Each opens under its name; axe finds nothing in it, nothing is too wide, Tab shows where it is."""
    who = person(open_desk(language, theme, width), "mouse")
    who.shown.sign_in(role)
    who.shown.go("")
    wrong: list[str] = []
    for spot in SPOTS:
        if spot.role != role:
            continue
        who.page.evaluate("place => (location.hash = place)", spot.address.format(**places))
        settled(who.shown)
        for name, comes in spot.dialogs.items():
            comes(who)
            what = _opened(who, name)
            try:
                found = broken_rules(who.shown, what) + unseen_focus(who.shown)
            except Error as error:
                error.add_note(name)
                raise
            wrong += [f"{name}: {one}" for one in found]
            _close(who, what)

    assert wrong == []


def _opened(who: Person, name: str) -> str:
    """See that it stands open by its name; return what selects it."""
    words = who.words.like(name.split()[1]).pattern
    if name in MENUS:
        expect(
            who.page.locator(MENU).filter(has_text=who.words.like(name.split()[1]))
        ).to_be_visible()
        return MENU
    named = who.page.get_by_role("dialog", name=re.compile(f"^(?:{words})$"))
    expect(named).to_be_visible()
    expect(named.get_by_text(who.words("loading"), exact=True)).to_have_count(0)
    return DIALOG


def _close(who: Person, what: str) -> None:
    if what == MENU:
        who.page.keyboard.press("Escape")
    elif (close := who.button("action-close", who.page.locator(what))).count():
        who.hand.press(close)
    else:
        return  # nothing but signing in goes on
    expect(who.page.locator(what)).to_have_count(0)
