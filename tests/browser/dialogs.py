"""Every dialog of the desk's page, by how one comes to it: what is true of all of them is tested of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, expect

from tests.browser.pages import WEB
from tests.browser.person import Person
from tests.desk import SUPPORT

SUPERVISOR: Final = "supervisor"
ADMINISTRATOR: Final = "administrator"
QUEUE: Final = "#/tickets"
TICKET: Final = "#/tickets/{ticket}"
SUBJECT: Final = "The printer on the second floor is on fire"
DIALOG: Final = "dialog[open]"
MENU: Final = "details[open]"
MENUS: Final = {"components/filter_bar filter-any-state"}
# How long a proof of who one is counts, and how long a session lives that nobody uses.
PROOF_SECONDS: Final = 900
IDLE_SECONDS: Final = 3_700

Comes = Callable[[Person], None]


@dataclass(frozen=True)
class Spot:
    """Where dialogs are opened: who is there, at which address, and how one comes to each from there.

    `address` has {names} for ids of the desk, as a Place has. A dialog is named by the module that shows it
    and the key of its title's words.
    """

    role: str
    address: str
    dialogs: dict[str, Comes]


def presses(*keys: str) -> Comes:
    """Press buttons by their words, one after the other; those with arguments by what they match."""

    def come(who: Person) -> None:
        for key in keys:
            pressed = button(who, key).first
            expect(pressed).to_be_visible()
            who.hand.press(pressed)

    return come


def button(who: Person, key: str) -> Locator:
    """Return buttons by their words, whatever the arguments are."""
    whole = re.compile(f"^(?:{who.words.like(key).pattern})$")
    return who.page.get_by_role("button", name=whole)


def in_the_rail(key: str) -> Comes:
    """Press a button of the rail, which is a menu in a narrow window."""

    def come(who: Person) -> None:
        menu = who.page.get_by_role("button", name=who.words("rail-open"), exact=True)
        if menu.is_visible() and menu.get_attribute("aria-expanded") == "false":
            who.hand.press(menu)
        named = who.page.locator(".rail").get_by_role("button", name=who.words(key))
        who.hand.press(named)

    return come


def _keys(who: Person) -> None:
    expect(who.page.locator(".ticket-row").first).to_be_visible()
    who.page.keyboard.press("?")


def _mark(who: Person) -> None:
    row = who.page.get_by_role("listitem").filter(has_text=SUBJECT)
    box = row.get_by_role("checkbox")
    if not box.is_checked():
        who.hand.tick(box)


def _change_many(who: Person) -> None:
    _mark(who)
    who.press("bulk-more")


def _snooze_many(who: Person) -> None:
    _mark(who)
    who.page.keyboard.press("s")


def _too_late(who: Person) -> None:
    """Change a ticket that somebody else has changed; what is new is not heard of before."""
    who.hear_nothing()
    _mark(who)
    desk = who.shown.desk
    agent = desk.browser("agent")
    [ticket] = [one for one in desk.tickets() if one["subject"] == SUBJECT]
    path = f"/api/tickets/{ticket['id']}"
    version = agent.get(path).json["ticket"]["version"]
    priority = "high" if ticket["priority"] == "urgent" else "urgent"
    answer = agent.send("PATCH", path, {"priority": priority}, if_match=f'"{version}"')
    assert answer.status_code == 200, answer.data
    who.press("bulk-pending")


def _states(who: Person) -> None:
    who.hand.press(who.page.locator("summary").filter(has_text=who.words("filter-any-state")))


def _of_a_tag(key: str) -> Comes:
    def come(who: Person) -> None:
        who.field("hold-of-mailbox").select_option(label=SUPPORT)
        presses(key)(who)

    return come


def _recovery(who: Person) -> None:
    who.hand.press(button(who, "recovery-make").or_(button(who, "recovery-replace")))


def _made_token(who: Person) -> None:
    who.press("token-make")
    dialog = who.page.get_by_role("dialog")
    who.write("token-name", "Reports", dialog)
    who.hand.tick(dialog.get_by_role("checkbox").first)
    who.press("token-make", dialog)


def _secret(who: Person) -> None:
    who.press("webhook-create")
    dialog = who.page.get_by_role("dialog")
    who.write("person-name", "Another", dialog)
    who.write("webhook-url", "https://hooks.example.com/another", dialog)
    who.press("action-save", dialog)


def _kept_for(who: Person) -> None:
    who.hand.write(who.field("retention-tickets"), "400")
    who.press("retention-look")


def _long_after(who: Person) -> None:
    """Do something for which one has to prove again who one is."""
    who.shown.expect_refusal("/api/account/factors/recovery_codes", 403)
    who.shown.advance(PROOF_SECONDS)
    _recovery(who)


def _left_alone(who: Person) -> None:
    """Come back to a page that was left alone for so long that its session has ended."""
    with who.shown.session_ends():
        who.shown.advance(IDLE_SECONDS)
        who.hear_again()
        who.look_for_news()
        gate = who.page.get_by_role("dialog", name=who.words("sign-in-again"))
        expect(gate).to_be_visible()


SPOTS: Final = (
    Spot(
        SUPERVISOR,
        QUEUE,
        {
            "components/keys keys-title": _keys,
            "components/notifications notifications-title": in_the_rail("notifications-title"),
            "components/view_editor views-order": in_the_rail("views-order"),
            "components/new_ticket ticket-open": presses("ticket-open"),
            "components/bulk bulk-title": _change_many,
            "components/bulk snooze-title": _snooze_many,
            "components/bulk outcome-title": _too_late,
        },
    ),
    Spot(
        SUPERVISOR,
        f"{QUEUE}?filter=on",
        {
            "components/filter_bar filter-any-state": _states,
            "components/view_editor view-save-new": presses("view-save-new"),
        },
    ),
    Spot(
        SUPERVISOR,
        "#/tickets/{ticket}",
        {
            "components/structure mail-correct": presses("mail-correct"),
            "components/structure merge-title": presses("merge-title"),
            "components/structure link-title": presses("link-title"),
            "components/properties snooze-title": presses("snooze-choose"),
            "components/note note-delete": presses("note-remove"),
            "components/saved_reply_picker saved-title": presses("saved-insert"),
            "components/composer later-title": presses("reply-later"),
            "components/composer reply-discard-title": presses("reply-discard"),
        },
    ),
    Spot(
        SUPERVISOR,
        "#/customers/{customer}",
        {"pages/customers/customer customer-merge": presses("customer-merge")},
    ),
    Spot(
        SUPERVISOR,
        "#/admin/rules/{mailbox}",
        {
            "pages/admin/rule_form rule-create": presses("rule-create"),
            "pages/admin/rule_trial rule-try-title": presses("rule-try"),
            "pages/admin/rules rule-delete": presses("action-delete"),
        },
    ),
    Spot(
        SUPERVISOR,
        "#/admin/tags",
        {
            "pages/admin/tags tags-rename-named": _of_a_tag("tags-rename-named"),
            "pages/admin/tags tags-remove-named": _of_a_tag("tags-remove-named"),
        },
    ),
    Spot(
        SUPERVISOR,
        "#/admin/saved_replies",
        {
            "pages/admin/saved_replies saved-reply-change": presses("saved-reply-change"),
            "pages/admin/saved_replies saved-reply-delete": presses("saved-reply-delete"),
        },
    ),
    Spot(
        SUPERVISOR,
        "#/account",
        {
            "pages/account/tokens token-make": presses("token-make"),
            "pages/account/tokens token-made": _made_token,
            "pages/account/factors totp-add": presses("totp-add"),
            "pages/account/factors passkey-add": presses("passkey-add"),
            "pages/account/factors factor-name-recovery": _recovery,
            "pages/account/factors factors-remove-title": presses("factors-remove"),
            "pages/account/my_data data-erase": presses("data-erase"),
            "components/step_up step-up-title": _long_after,
            "pages/sign_in sign-in-again": _left_alone,  # the last of theirs
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/mailboxes",
        {
            "pages/mailboxes disclosure-title": presses("mailbox-connect"),
            "pages/mailboxes/disconnect disconnect-title": presses("disconnect-begin"),
            "pages/mailboxes/glass glass-ask-title": presses("glass-ask"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/mailbox/{mailbox}",
        {
            "pages/admin/sending sending-use-smtp": presses("sending-change"),
            "pages/admin/sending sending-use-gmail": presses("sending-use-gmail"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/retention/{mailbox}",
        {"pages/admin/retention retention-what": _kept_for},
    ),
    Spot(
        ADMINISTRATOR,
        "#/customers/{customer}",
        {"pages/customers/rights rights-erase": presses("rights-erase")},
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/people",
        {"pages/admin/people person-invite": presses("person-invite")},
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/people/{person}",
        {
            "pages/admin/person person-disable": presses("person-disable"),
            "pages/admin/person person-factors-remove": presses("person-factors-remove"),
            "pages/admin/person person-erase": presses("person-erase"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/roles",
        {
            "pages/admin/roles role-create": presses("role-create"),
            "pages/admin/roles role-delete": presses("role-delete-named"),
        },
    ),
    Spot(ADMINISTRATOR, "#/admin/teams", {"pages/admin/teams team-create": presses("team-create")}),
    Spot(
        ADMINISTRATOR,
        "#/admin/fields",
        {"pages/admin/fields field-create": presses("field-create")},
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/webhooks",
        {
            "pages/admin/webhook_form webhook-create": presses("webhook-create"),
            "pages/admin/deliveries webhook-deliveries-of": presses("webhook-deliveries"),
            "pages/admin/webhooks webhook-delete": presses("action-delete"),
            "pages/admin/webhook_secret webhook-secret": _secret,
            "pages/admin/webhook_secret webhook-secret-new": presses("webhook-secret-new"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/exports",
        {
            "pages/admin/exports export-create": presses("export-create"),
            "pages/admin/job job-cancel": presses("job-cancel"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/imports",
        {"pages/admin/imports import-create": presses("import-create")},
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/privacy",
        {
            "pages/admin/privacy privacy-create": presses("privacy-create"),
            "pages/admin/privacy privacy-refuse": presses("privacy-refuse"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/holds",
        {
            "pages/admin/legal_holds hold-set": presses("hold-set"),
            "pages/admin/legal_holds hold-lift": presses("hold-lift"),
        },
    ),
    Spot(
        ADMINISTRATOR,
        "#/admin/dead_letters",
        {"pages/admin/dead_letters dead-replay": presses("dead-replay")},
    ),
    Spot(ADMINISTRATOR, "#/admin/audit", {"pages/admin/audit log-entry": presses("log-open")}),
)

_TAG: Final = re.compile(r"<(?:\$\{(\w+)\}|(dialog)\b)")
_WORDS: Final = re.compile(r"\b(?:title|words|aria-label)=\$\{")
_FUNCTION: Final = re.compile(r"^(?:export )?function (\w+)\((?:\{([^}]*)\})?", re.MULTILINE)
_KEY: Final = re.compile(r"[\"`]([a-z][\w-]*-[\w-]*)[\"`]")
_CONST: Final = re.compile(r"const {}\b[^=\n]* = (.*)")
_OWN: Final = {"dialog", "Dialog", "Dropdown"}


def dialogs_in_the_page() -> list[tuple[str, frozenset[str]]]:
    """Return where modules show a dialog or a menu: each module, with the keys of the title's words.

    What only hands its own title on to a dialog is a kind of dialog itself, and is found where it is used.
    """
    texts = {
        str(path.relative_to(WEB).with_suffix("")): path.read_text("utf-8")
        for path in sorted((*(WEB / "components").rglob("*.js"), *(WEB / "pages").rglob("*.js")))
    }
    kinds = set(_OWN)
    while True:
        found = [(name, *one) for name, text in texts.items() for one in _shown(text, kinds)]
        more = {by for _, by, keys in found if not keys} - kinds
        if not more:
            return [(name, keys) for name, _, keys in found if keys]
        kinds |= more


def _shown(text: str, kinds: set[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield by which function a module shows these kinds, and the keys: none where it hands them on."""
    for tag in _TAG.finditer(text):
        if (tag[1] or tag[2]) not in kinds:
            continue
        [function, given] = [*_FUNCTION.finditer(text, 0, tag.start())][-1].groups()
        if function in _OWN:
            continue
        words = _WORDS.search(text, tag.end())
        assert words, f"{function} shows a dialog without a name"
        said = _braced(text, words.end())
        if said.isidentifier():
            if re.search(rf"\b{said}\b", given or ""):
                yield function, frozenset()
                continue
            said = re.findall(_CONST.pattern.format(said), text[: tag.start()])[-1]
        keys = frozenset(_KEY.findall(said))
        assert keys, f"what is the name of the dialog in {function}?"
        yield function, keys


def _braced(text: str, start: int) -> str:
    depth = 1
    for end in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[start:end]
    raise AssertionError("braces that are not closed")
