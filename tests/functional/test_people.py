"""Giving people accounts, changing what they may do, and taking access away."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from werkzeug.test import TestResponse

from local import system_mail
from shared.domain.people import FACTORS, USERS
from shared.errors import Unavailable
from shared.permissions import Permission
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock

DAY = 24 * 3600.0
PASSWORD = "a quiet walk by the canal"
LINDA = {"email": "linda@example.org", "name": "Linda Holm", "role": "agent"}


def token_of(desk: DeskUnderTest, address: str, kind: str = "invitation") -> str:
    """Return the token of the newest link that was mailed to an address."""
    for message in system_mail.newest_first(desk.desk.home, address):
        found = re.search(rf"#/{kind}/(\S+)$", system_mail.as_text(message), re.MULTILINE)
        if found:
            return found[1]
    raise LookupError(f"no {kind} was mailed to {address}")


def person(browser: DeskBrowser, email: str) -> dict[str, Any]:
    """Return somebody as the list of people shows them."""
    items = browser.get("/api/admin/people?limit=100").json["items"]
    [row] = [item for item in items if item["email"] == email]
    assert isinstance(row, dict)
    return row


def invite(admin: DeskBrowser, **changes: Any) -> dict[str, Any]:
    """Give somebody an account; return them as they are listed."""
    answer = admin.send("POST", "/api/admin/people", LINDA | changes)
    assert (answer.status_code, answer.json.get("problem")) == (201, None), answer.data
    row = answer.json["person"]
    assert isinstance(row, dict)
    return row


def choose(
    desk: DeskUnderTest, token: str, password: str = PASSWORD, kind: str = "invitation"
) -> TestResponse:
    """Choose a password by a link."""
    body = {"kind": kind, "token": token, "password": password}
    return desk.browser().send("POST", "/api/account/links/password", body)


def sign_in(desk: DeskUnderTest, email: str, password: str) -> TestResponse:
    """Try these credentials."""
    return desk.browser().send("POST", "/api/session/", {"email": email, "password": password})


def change(
    browser: DeskBrowser, row: dict[str, Any], part: str, body: object, version: int | None = None
) -> TestResponse:
    """Change a part of a person, against the version that was seen."""
    seen = row["version"] if version is None else version
    path = f"/api/admin/people/{row['id']}{part}"
    return browser.send("PATCH", path, body, if_match=f'"{seen}"')


def actions(desk: DeskUnderTest) -> list[tuple[str, str, str | None]]:
    """Return what the audit log has of people and links: action, outcome, reason; sorted."""
    desk.settle()
    kinds = ("user.", "invitation.", "link.", "password.", "role.", "set_up.", "profile.")
    return sorted(
        (entry["action"], entry["outcome"], entry["reason"])
        for entry in desk.audit()
        if entry["action"].startswith(kinds)
    )


# Invitations


def test_an_invited_person_chooses_a_password_and_signs_in(desk: DeskUnderTest) -> None:
    """An account begins without a password; its invitation lets its owner choose one, once."""
    admin = desk.browser("administrator")
    row = invite(admin)
    assert (row["state"], row["role"], row["factors"]) == ("invited", "agent", [])
    token = token_of(desk, "linda@example.org")

    shown = desk.browser().send(
        "POST", "/api/account/links", {"kind": "invitation", "token": token}
    )
    chosen, again = choose(desk, token), choose(desk, token, "another quiet walk")

    assert shown.json == {
        "email": "linda@example.org",
        "name": "Linda Holm",
        "language": "en",
        "organisation": "Example Desk",
    }
    assert chosen.status_code == 204
    assert (again.status_code, again.json["code"]) == (404, "link.not_found")
    assert sign_in(desk, "linda@example.org", PASSWORD).json["user"]["role"] == "agent"
    assert person(admin, "linda@example.org")["state"] == "active"
    assert actions(desk) == [
        ("invitation.accepted", "success", None),
        ("invitation.created", "success", None),
        ("link.refused", "failure", "link.not_found"),
        ("user.created", "success", None),
    ]


def test_the_same_key_gives_one_account_and_one_invitation(desk: DeskUnderTest) -> None:
    """A request that is sent again is answered alike; without its key the address is taken."""
    admin = desk.browser("administrator")

    once, again = (
        admin.send("POST", "/api/admin/people", LINDA, idempotency_key="a1") for _ in range(2)
    )
    without = admin.send("POST", "/api/admin/people", LINDA)

    assert (once.status_code, once.json) == (again.status_code, again.json)
    assert once.status_code == 201
    assert (without.status_code, without.json["code"]) == (409, "user.exists")
    mails = system_mail.newest_first(desk.desk.home, LINDA["email"])
    assert len([m for m in mails if "invited" in str(m["Subject"])]) == 1
    assert choose(desk, token_of(desk, LINDA["email"])).status_code == 204
    assert sign_in(desk, LINDA["email"], PASSWORD).status_code == 200


def test_the_same_key_makes_one_role(desk: DeskUnderTest) -> None:
    """Also where the answer to the first request was lost."""
    admin = desk.browser("administrator")
    role = {"name": "Dispatcher", "permissions": ["ticket:read"]}

    once, again = (
        admin.send("POST", "/api/admin/roles", role, idempotency_key="a1") for _ in range(2)
    )

    assert (once.status_code, once.json) == (again.status_code, again.json)
    roles = admin.get("/api/admin/roles").json["items"]
    assert [role["name"] for role in roles].count("Dispatcher") == 1


def test_nothing_stored_opens_an_invitation(desk: DeskUnderTest) -> None:
    """Neither the token nor anything that it could be made from stands in a database or in the audit log."""
    invite(desk.browser("administrator"))
    token = token_of(desk, "linda@example.org")
    desk.settle()

    stored = "".join(repr(d) for file in desk.files.values() for d in file.dump())

    assert token not in stored
    assert "linda" not in stored.lower()


@pytest.mark.parametrize(
    "token",
    ["", " ", "x", "A" * 42, "A" * 43, "A" * 44, "%00", "../users", "é" * 43, "A" * 43 + "\n"],
)
@pytest.mark.parametrize("kind", ["invitation", "password_reset", "set_up"])
def test_an_invented_link_finds_nobody(desk: DeskUnderTest, kind: str, token: str) -> None:
    """An empty token above all: nobody without a link is found by it."""
    answer = choose(desk, token, kind=kind)

    assert (answer.status_code, answer.json["code"]) == (404, "link.not_found")


def test_a_link_of_one_kind_is_none_of_another(desk: DeskUnderTest) -> None:
    """An invitation is no reset and no set-up, although they are stored alike."""
    invite(desk.browser("administrator"))
    token = token_of(desk, "linda@example.org")

    assert choose(desk, token, kind="password_reset").status_code == 404
    assert choose(desk, token, kind="set_up").status_code == 404
    assert choose(desk, token).status_code == 204


def test_an_invitation_ends_after_seven_days(desk: DeskUnderTest) -> None:
    """Not a second later than its mail says."""
    invite(desk.browser("administrator"))
    token = token_of(desk, "linda@example.org")
    assert isinstance(desk.clock, StoppedClock)

    desk.clock.advance(7 * DAY)

    assert choose(desk, token).status_code == 404


def test_another_invitation_makes_the_one_before_worthless(desk: DeskUnderTest) -> None:
    """Only the newest counts, so that a mail that went astray can be taken back."""
    admin = desk.browser("administrator")
    row = invite(admin)
    first = token_of(desk, "linda@example.org")

    sent = admin.send("POST", f"/api/admin/people/{row['id']}/invitation")

    assert sent.status_code == 204
    assert choose(desk, first).status_code == 404
    assert choose(desk, token_of(desk, "linda@example.org")).status_code == 204
    too_late = admin.send("POST", f"/api/admin/people/{row['id']}/invitation")
    assert (too_late.status_code, too_late.json["code"]) == (409, "user.not_invited")


def test_somebody_who_is_invited_cannot_be_flooded(desk: DeskUnderTest) -> None:
    """Five invitations an hour go to one address."""
    admin = desk.browser("administrator")
    row = invite(admin)

    answers = [
        admin.send("POST", f"/api/admin/people/{row['id']}/invitation").status_code
        for _ in range(5)
    ]

    assert answers == [204, 204, 204, 204, 429]


def test_a_weak_password_leaves_the_link_as_it_was(desk: DeskUnderTest) -> None:
    """Too short, too common, or one's own name: refused, and one tries again by the same link."""
    invite(desk.browser("administrator"))
    token = token_of(desk, "linda@example.org")

    codes = [
        choose(desk, token, weak).json["code"]
        for weak in ("short", "password1234!", "linda holm 1", "x" * 1025)
    ]

    assert codes == [
        "password.too_short",
        "password.too_common",
        "password.contains_context",
        "password.too_long",
    ]
    assert choose(desk, token).status_code == 204


def test_a_mail_server_that_fails_leaves_an_account_to_invite_again(desk: DeskUnderTest) -> None:
    """The account is made, the answer says that the mail did not go out, and so does the audit log."""

    class Broken:
        def sender(self) -> str:
            return "desk@example.com"

        def send(self, *_: object) -> None:
            raise Unavailable("smtp.unavailable")

    admin = desk.browser("administrator")
    app = desk.desk.app("admin")
    works = app.smtp
    vars(app)["smtp"] = Broken()

    answer = admin.send("POST", "/api/admin/people", LINDA)

    assert (answer.status_code, answer.json["problem"]) == (201, "smtp.unavailable")
    vars(app)["smtp"] = works
    id = answer.json["person"]["id"]
    assert admin.send("POST", f"/api/admin/people/{id}/invitation").status_code == 204
    assert ("invitation.created", "failure", "smtp.unavailable") in actions(desk)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"email": "agent@example.com"}, 409, "user.exists"),
        ({"email": " AGENT@example.com "}, 409, "user.exists"),
        ({"email": "linda"}, 400, "user.address_invalid"),
        ({"email": "linda@localhost"}, 400, "user.address_invalid"),
        ({"email": "l@example.org\r\nBcc: all@example.org"}, 400, "user.address_invalid"),
        ({"email": "l@example.org, m@example.org"}, 400, "user.address_invalid"),
        ({"email": "a" * 65 + "@example.org"}, 400, "user.address_invalid"),
        ({"name": ""}, 400, "user.name_invalid"),
        ({"name": "Linda\nHolm"}, 400, "user.name_invalid"),
        ({"name": "x" * 101}, 400, "user.name_invalid"),
        ({"role": "owner"}, 404, "role.not_found"),
        ({"role": "ro_" + "0" * 26}, 404, "role.not_found"),
        ({"role": ""}, 404, "role.not_found"),
        ({"mailbox_ids": ["mb_" + "0" * 26]}, 404, "mailbox.not_found"),
        ({"mailbox_ids": ["../users"]}, 404, "mailbox.not_found"),
        ({"language": "xx"}, 400, "request.not_one_of"),
        ({"password": "x"}, 400, "request.unknown_member"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    desk: DeskUnderTest, changes: dict[str, Any], status: int, code: str
) -> None:
    """Nothing is left behind of it: no person, no key, no mail."""
    admin = desk.browser("administrator")
    before = (desk.documents(USERS).keys(), desk.documents("keys", "keyring").keys())

    answer = admin.send("POST", "/api/admin/people", LINDA | changes)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert (desk.documents(USERS).keys(), desk.documents("keys", "keyring").keys()) == before


def test_an_address_that_the_desk_reads_itself_gets_no_account(desk: DeskUnderTest) -> None:
    """Whoever may read that mailbox's tickets could take the account over by its mails."""
    desk.connect()
    admin = desk.browser("administrator")

    for address in (SUPPORT, "support+me@example.com"):
        answer = admin.send("POST", "/api/admin/people", LINDA | {"email": address})
        assert (answer.status_code, answer.json["code"]) == (403, "email_otp.address_is_a_mailbox")


# Roles, mailboxes, access


def test_another_role_ends_every_session_at_once(desk: DeskUnderTest) -> None:
    """What was opened as an agent does not go on as a supervisor."""
    admin, agent = desk.browser("administrator"), desk.browser("agent")
    row = person(admin, "agent@example.com")

    answer = change(admin, row, "/role", {"role": "supervisor"})

    assert (answer.status_code, answer.json["role"]) == (200, "supervisor")
    assert agent.get("/api/session/").status_code == 401
    assert "ticket:merge" in desk.browser("agent").get("/api/session/").json["user"]["permissions"]
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "user.role_changed"]
    assert entry["changes"] == [{"field": "role", "before": "agent", "after": "supervisor"}]


def test_taking_access_away_ends_every_session_and_link_at_once(desk: DeskUnderTest) -> None:
    """Neither an open browser nor a link in the mail lets a disabled person in; access can be given again."""
    admin, agent = desk.browser("administrator"), desk.browser("agent")
    desk.browser().send("POST", "/api/account/password/reset", {"email": "agent@example.com"})
    desk.settle()
    token = token_of(desk, "agent@example.com", "password_reset")
    row = person(admin, "agent@example.com")

    gone = change(admin, row, "", {"disabled": True})

    assert gone.json["state"] == "disabled"
    assert agent.get("/api/session/").status_code == 401
    assert sign_in(desk, *desk.people["agent"]).status_code == 401
    assert choose(desk, token, kind="password_reset").status_code == 404
    back = change(admin, gone.json, "", {"disabled": False})
    assert back.json["state"] == "active"
    assert agent.get("/api/session/").status_code == 401  # the sessions of before stay ended
    assert choose(desk, token, kind="password_reset").status_code == 404
    assert sign_in(desk, *desk.people["agent"]).status_code == 200


def test_membership_counts_from_the_next_request(desk: DeskUnderTest) -> None:
    """Who leaves a mailbox does not see its tickets any more, in a session that goes on."""
    mailbox_id = desk.connect()
    admin, agent = desk.browser("administrator"), desk.browser("agent")
    row = person(admin, "agent@example.com")
    assert row["mailbox_ids"] == [mailbox_id]

    left = change(admin, row, "/mailboxes", {"mailbox_ids": []})

    assert left.json["mailbox_ids"] == []
    assert agent.get(f"/api/tickets/?mailbox_id={mailbox_id}").status_code == 404
    joined = change(admin, left.json, "/mailboxes", {"mailbox_ids": [mailbox_id, mailbox_id]})
    assert joined.json["mailbox_ids"] == [mailbox_id]
    assert agent.get(f"/api/tickets/?mailbox_id={mailbox_id}").status_code == 200
    desk.settle()
    changes = [e["changes"] for e in desk.audit() if e["action"] == "user.mailboxes_changed"]
    assert sorted(changes, key=str, reverse=True) == [
        [{"field": "mailbox", "before": mailbox_id, "after": None}],
        [{"field": "mailbox", "before": None, "after": mailbox_id}],
    ]


@pytest.mark.parametrize(
    ("part", "body", "code"),
    [
        ("/role", {"role": "owner"}, "role.not_found"),
        ("/role", {"role": "ro_" + "0" * 26}, "role.not_found"),
        ("/mailboxes", {"mailbox_ids": ["mb_" + "0" * 26]}, "mailbox.not_found"),
        ("/mailboxes", {"mailbox_ids": ["u_" + "0" * 26]}, "mailbox.not_found"),
    ],
)
def test_what_a_change_names_must_exist(
    desk: DeskUnderTest, part: str, body: object, code: str
) -> None:
    """A role or mailbox that is none is 404, and the person stays as they were."""
    admin = desk.browser("administrator")
    row = person(admin, "agent@example.com")

    answer = change(admin, row, part, body)

    assert (answer.status_code, answer.json["code"]) == (404, code)
    assert person(admin, "agent@example.com") == row


@pytest.mark.parametrize("part", ["", "/role", "/mailboxes"])
def test_a_change_against_an_older_version_is_refused(desk: DeskUnderTest, part: str) -> None:
    """Two administrators do not overwrite each other; without If-Match there is no change at all."""
    admin = desk.browser("administrator")
    row = person(admin, "agent@example.com")
    body = {"": {"disabled": True}, "/role": {"role": "viewer"}, "/mailboxes": {"mailbox_ids": []}}
    changed = change(admin, row, "/role", {"role": "supervisor"}).json

    stale = change(admin, row, part, body[part])
    blind = admin.send("PATCH", f"/api/admin/people/{row['id']}{part}", body[part])

    assert (stale.status_code, stale.json["code"]) == (409, "user.changed_meanwhile")
    assert stale.json["params"]["version"] == changed["version"]
    assert blind.status_code == 428
    assert person(admin, "agent@example.com") == changed


@pytest.mark.parametrize(("part", "body"), [("", {"disabled": True}), ("/role", {"role": "agent"})])
def test_the_last_administrator_stays(desk: DeskUnderTest, part: str, body: object) -> None:
    """Nobody can lock the organisation out of its own desk; one who was only invited does not count."""
    admin = desk.browser("administrator")
    invite(admin, role="administrator")
    row = person(admin, "administrator@example.com")

    refused = change(admin, row, part, body)

    assert (refused.status_code, refused.json["code"]) == (409, "user.last_administrator")
    assert choose(desk, token_of(desk, "linda@example.org")).status_code == 204
    assert change(admin, row, part, body).status_code == 200


def test_a_lost_telephone_is_an_administrators_to_forget(desk: DeskUnderTest) -> None:
    """Factors that were lost are removed, the person's sessions end, and they are told."""
    admin, agent = desk.browser("administrator"), desk.browser("agent")
    secret = agent.send("POST", "/api/account/factors/totp").json["secret"]
    shown = {"code": pyotp.TOTP(secret).at(desk.clock.now())}
    assert agent.send("POST", "/api/account/factors/totp/confirm", shown).status_code == 204
    assert agent.send("POST", "/api/account/factors/recovery_codes").status_code == 201
    assert sign_in(desk, *desk.people["agent"]).json["needs"] == ["totp", "recovery"]
    row = person(admin, "agent@example.com")

    removed = admin.send("DELETE", f"/api/admin/people/{row['id']}/factors")

    assert removed.status_code == 204
    assert desk.documents(FACTORS) == {}
    assert agent.get("/api/session/").status_code == 401
    assert sign_in(desk, *desk.people["agent"]).json["needs"] == []
    assert ("user.factors_removed", "success", None) in actions(desk)


def test_an_administrator_sees_and_ends_sessions(desk: DeskUnderTest) -> None:
    """Where somebody is signed in is listed, without addresses, and ended at once."""
    admin, agent = desk.browser("administrator"), desk.browser("agent")
    row = person(admin, "agent@example.com")

    listed = admin.get(f"/api/admin/people/{row['id']}/sessions").json["items"]
    ended = admin.send("DELETE", f"/api/admin/people/{row['id']}/sessions")

    assert [(item["current"], item["network"]) for item in listed] == [(False, "unknown")]
    assert ended.status_code == 204
    assert agent.get("/api/session/").status_code == 401
    assert admin.get(f"/api/admin/people/{row['id']}/sessions").json["items"] == []


@pytest.mark.parametrize(
    ("method", "part", "body"),
    [
        ("POST", "", LINDA),
        ("PATCH", "/{id}", {"disabled": True}),
        ("PATCH", "/{id}/role", {"role": "viewer"}),
        ("PATCH", "/{id}/mailboxes", {"mailbox_ids": []}),
        ("POST", "/{id}/invitation", None),
        ("DELETE", "/{id}/sessions", None),
        ("DELETE", "/{id}/factors", None),
    ],
)
def test_changing_people_needs_a_fresh_proof(
    desk: DeskUnderTest, method: str, part: str, body: object
) -> None:
    """A session that was left open an hour ago gives and takes nothing."""
    admin = desk.browser("administrator")
    row = person(admin, "agent@example.com")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(601)

    path = f"/api/admin/people{part.format(id=row['id'])}"
    answer = admin.send(method, path, body, if_match=f'"{row["version"]}"')

    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")
    assert person(admin, "agent@example.com") == row


# Roles of the organisation's own


def custom_role(admin: DeskBrowser, *permissions: str) -> dict[str, Any]:
    """Make a role of these permissions."""
    body = {"name": "Dispatcher", "permissions": permissions}
    answer = admin.send("POST", "/api/admin/roles", body)
    assert answer.status_code == 201, answer.data
    row = answer.json
    assert isinstance(row, dict)
    return row


def give(desk: DeskUnderTest, admin: DeskBrowser, role: dict[str, Any]) -> DeskBrowser:
    """Give the demo's agent this role, and sign in as them, with the code by e-mail."""
    row = person(admin, "agent@example.com")
    assert change(admin, row, "/role", {"role": role["id"]}).status_code == 200
    return desk.browser("agent")


def test_a_custom_role_allows_what_it_names(desk: DeskUnderTest) -> None:
    """Its holder reads tickets of their own mailboxes and writes none; a change counts at once."""
    desk.connect()
    admin = desk.browser("administrator")
    role = custom_role(admin, "ticket:read", "mailbox:read")
    assert (role["everywhere"], role["in_mailboxes"]) == (
        ["account:self"],
        ["mailbox:read", "ticket:read"],
    )
    holder = give(desk, admin, role)

    assert holder.get("/api/tickets/").status_code == 200
    assert holder.get("/api/admin/people").status_code == 403
    path = f"/api/admin/roles/{role['id']}"
    changed = admin.send("PATCH", path, {"permissions": ["user:read"]}, if_match='"1"')
    assert changed.json["version"] == 2
    assert holder.get("/api/tickets/").status_code == 403
    assert holder.get("/api/admin/people").status_code == 200


def test_a_custom_role_is_asked_for_a_second_factor(desk: DeskUnderTest) -> None:
    """It may hold anything, so a password alone is never enough for it."""
    admin = desk.browser("administrator")
    give(desk, admin, custom_role(admin, "user:read"))

    assert sign_in(desk, *desk.people["agent"]).json["needs"] == ["email_otp"]


def test_managing_accounts_is_no_way_to_more_rights(desk: DeskUnderTest) -> None:
    """Who may write people but not manage roles makes no administrator and touches none."""
    admin = desk.browser("administrator")
    holder = give(desk, admin, custom_role(admin, "user:read", "user:write"))
    boss, viewer = (person(holder, f"{who}@example.com") for who in ("administrator", "viewer"))

    refused = [
        holder.send("POST", "/api/admin/people", LINDA | {"role": "administrator"}),
        holder.send("POST", "/api/admin/people", LINDA),
        change(holder, viewer, "/role", {"role": "administrator"}),
        change(holder, boss, "", {"disabled": True}),
        holder.send("DELETE", f"/api/admin/people/{boss['id']}/sessions"),
        holder.send("DELETE", f"/api/admin/people/{boss['id']}/factors"),
        holder.send("POST", f"/api/admin/people/{boss['id']}/invitation"),
        holder.send("POST", "/api/admin/roles", {"name": "All", "permissions": ["role:manage"]}),
    ]

    assert [(a.status_code, a.json["code"]) for a in refused] == [(403, "permission.missing")] * 8
    assert change(holder, viewer, "", {"disabled": True}).status_code == 200


def test_no_role_reads_all_mail(desk: DeskUnderTest) -> None:
    """Every permission at once still sees only the mailboxes of which its holder is a member."""
    mailbox_id = desk.connect(SUPPORT, "viewer")
    admin = desk.browser("administrator")
    holder = give(desk, admin, custom_role(admin, *(p.value for p in Permission)))

    assert holder.get("/api/tickets/").json["items"] == []
    assert holder.get(f"/api/tickets/?mailbox_id={mailbox_id}").status_code == 404


def test_a_role_in_use_is_not_deleted(desk: DeskUnderTest) -> None:
    """Nobody loses their role by accident; one that nobody has goes."""
    admin = desk.browser("administrator")
    role = custom_role(admin, "ticket:read")
    give(desk, admin, role)
    path = f"/api/admin/roles/{role['id']}"

    refused = admin.send("DELETE", path)
    row = person(admin, "agent@example.com")
    change(admin, row, "/role", {"role": "agent"})
    deleted, again = admin.send("DELETE", path), admin.send("DELETE", path)

    assert (refused.status_code, refused.json["code"]) == (409, "role.in_use")
    assert deleted.status_code == 204
    assert (again.status_code, again.json["code"]) == (404, "role.not_found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "", "permissions": []}, "role.name_invalid"),
        ({"name": "administrator", "permissions": []}, "role.name_invalid"),
        ({"name": "x" * 61, "permissions": []}, "role.name_invalid"),
        ({"name": "All", "permissions": ["ticket:everything"]}, "request.not_one_of"),
    ],
)
def test_a_role_that_cannot_be_is_refused(
    desk: DeskUnderTest, body: dict[str, Any], code: str
) -> None:
    """A role has a name of its own and permissions that there are."""
    answer = desk.browser("administrator").send("POST", "/api/admin/roles", body)

    assert (answer.status_code, answer.json["code"]) == (400, code)
