"""The authorisation matrix: every route of every HTTP function, for every role, in every situation.

It is written down here a second time, by hand, so that a permission given by mistake shows; a route
without a row fails.
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from local import manifest, seed
from shared import codec, ids
from shared.domain import replies
from shared.domain.people import USERS
from shared.domain.replies import Reply, ReplyState
from shared.entry import Routes
from shared.permissions import ROLES, Permission
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, desk_in

Members = dict[str, int]
PEOPLE = tuple(seed.ROLES)
HTTP = [row.name for row in manifest.load().values() if row.trigger == "http"]


def roles(administrator: int, supervisor: int, agent: int, viewer: int, auditor: int) -> Members:
    """Return a status for each role."""
    return dict(zip(PEOPLE, (administrator, supervisor, agent, viewer, auditor), strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """What a route answers: to members of the mailbox, to others, and to who is not signed in.

    `others` is None where the route names no object of a mailbox. Disabled people and ended sessions
    are answered like somebody who is not signed in, and so are those who still have to prove a factor,
    where `half` does not say otherwise. `foreign` is the answer to another site's page.
    """

    members: Members
    others: Members | None = None
    nobody: int = 401
    foreign: int | None = 403
    half: Members | None = None


READS = roles(200, 200, 200, 200, 403)
AUDITS = roles(200, 403, 403, 403, 200)
HIDDEN = roles(404, 404, 404, 404, 403)
ALL = roles(200, 200, 200, 200, 200)
REPORTS = roles(400, 400, 403, 403, 400)  # without a period
DONE = roles(204, 204, 204, 204, 204)
LEADS = roles(403, 200, 403, 403, 403)
HIDDEN_FROM_LEADS = roles(403, 404, 403, 403, 403)
WRONG = roles(400, 400, 400, 400, 400)
MISSING = roles(404, 404, 404, 404, 404)
STALE = roles(409, 409, 409, 409, 409)


SENDS = roles(403, 200, 200, 403, 403)
NOT_SENDS = roles(403, 404, 404, 403, 403)


def administrators(status: int) -> Members:
    """Return this status for administrators, and a refusal for everybody else."""
    return roles(status, 403, 403, 403, 403)


# A safe method has no `foreign`: a cross-site GET carries no session cookie (SameSite=Strict).
MATRIX: dict[str, Row] = {
    "session POST /": Row(ALL, nobody=200, half=ALL),
    "session GET /": Row(ALL, foreign=None, half=ALL),
    "session DELETE /": Row(DONE, half=DONE),
    # A whole session proves a factor again, each role its own; the codes sent here are wrong.
    # Who is half signed in: administrator and auditor owe a code by e-mail, the others their app's.
    "session POST /email_otp": Row(
        roles(202, 409, 409, 409, 202), half=roles(202, 409, 409, 409, 202)
    ),
    "session POST /email_otp/verify": Row(
        roles(400, 409, 409, 409, 400), half=roles(400, 409, 409, 409, 400)
    ),
    "session POST /totp/verify": Row(STALE, half=roles(409, 400, 400, 400, 409)),
    "session POST /recovery/verify": Row(roles(400, 409, 409, 409, 400), half=STALE),
    "session POST /passkey/options": Row(STALE, nobody=409),
    "session POST /passkey/verify": Row(STALE, nobody=409),
    "session POST /step_up": Row(roles(409, 400, 400, 400, 409)),
    "account GET /factors": Row(ALL, foreign=None),
    "account DELETE /factors/{factor_id}": Row(roles(404, 404, 404, 404, 404)),
    "account POST /factors/totp": Row(roles(201, 201, 201, 201, 201)),
    "account POST /factors/totp/confirm": Row(roles(400, 400, 400, 400, 400)),
    "account POST /factors/recovery_codes": Row(roles(201, 201, 201, 201, 201)),
    "account POST /factors/passkeys/options": Row(roles(409, 409, 409, 409, 409)),
    "account POST /factors/passkeys": Row(roles(409, 409, 409, 409, 409)),
    "account GET /notifications": Row(ALL, foreign=None),
    "account PATCH /notifications": Row(STALE),  # against version 0, so that nothing changes
    "account GET /profile": Row(ALL, foreign=None),
    "account PATCH /profile": Row(STALE),  # against version 0, so that nothing changes
    "account POST /password": Row(WRONG),  # with a wrong one
    "account POST /password/reset": Row(roles(202, 202, 202, 202, 202), nobody=202),
    "account POST /links": Row(MISSING, nobody=404),
    "account POST /links/password": Row(MISSING, nobody=404),
    "account GET /sessions": Row(ALL, foreign=None),
    "account DELETE /sessions": Row(DONE),
    "account DELETE /sessions/{session_id}": Row(MISSING),
    "account GET /data/accesses": Row(ALL, foreign=None),
    "account POST /data/exports": Row(roles(201, 201, 201, 201, 201)),
    "account GET /data/exports": Row(ALL, foreign=None),
    "account GET /data/exports/{job_id}/file": Row(MISSING, foreign=None),
    "account POST /data/erase": Row(WRONG),  # of another address
    "account GET /tokens": Row(ALL, foreign=None),
    "account POST /tokens": Row(WRONG),  # of no permission
    "account DELETE /tokens/{token_id}": Row(MISSING),
    "tickets GET /": Row(READS, foreign=None),
    "tickets GET /feed": Row(READS, foreign=None),
    "tickets GET /tags": Row(READS, foreign=None),
    "tickets GET /views": Row(READS, foreign=None),
    "tickets POST /views": Row(roles(400, 400, 400, 400, 403)),  # without a name
    "tickets PATCH /views/{view_id}": Row(HIDDEN),
    "tickets DELETE /views/{view_id}": Row(HIDDEN),
    "tickets GET /{ticket_id}/rating": Row(  # nobody was asked
        roles(404, 404, 404, 404, 403), HIDDEN, foreign=None
    ),
    "tickets GET /reports/volumes": Row(REPORTS, foreign=None),
    "tickets GET /reports/times": Row(REPORTS, foreign=None),
    "tickets GET /reports/satisfaction": Row(REPORTS, foreign=None),
    "tickets GET /reports/{file}": Row(REPORTS, foreign=None),
    "tickets GET /customers": Row(READS, foreign=None),
    "tickets GET /customers/{customer_id}": Row(READS, HIDDEN, foreign=None),
    "tickets PATCH /customers/{customer_id}": Row(
        roles(403, 200, 200, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets GET /customers/{customer_id}/tickets": Row(READS, HIDDEN, foreign=None),
    "tickets GET /customers/{customer_id}/notes": Row(READS, HIDDEN, foreign=None),
    "tickets POST /customers/{customer_id}/notes": Row(
        roles(403, 400, 400, 403, 403)  # without a text
    ),
    "tickets POST /customers/{customer_id}/merge": Row(  # with somebody who is not there
        roles(403, 404, 404, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets POST /customers/{customer_id}/unmerge": Row(
        roles(403, 404, 404, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets GET /{ticket_id}": Row(READS, HIDDEN, foreign=None),
    "tickets PATCH /{ticket_id}": Row(
        roles(403, 200, 200, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets GET /notifications": Row(ALL, foreign=None),
    "tickets POST /notifications/read": Row(ALL),
    "tickets GET /people": Row(READS, foreign=None),
    "tickets GET /{ticket_id}/replies": Row(SENDS, NOT_SENDS, foreign=None),
    "tickets POST /{ticket_id}/replies": Row(  # to somebody without an address
        roles(403, 400, 400, 403, 403), NOT_SENDS
    ),
    "tickets GET /{ticket_id}/replies/{reply_id}": Row(SENDS, NOT_SENDS, foreign=None),
    "tickets PATCH /{ticket_id}/replies/{reply_id}": Row(  # of another version, here and below
        roles(403, 409, 409, 403, 403), NOT_SENDS
    ),
    "tickets DELETE /{ticket_id}/replies/{reply_id}": Row(  # it was sent
        roles(403, 409, 409, 403, 403), NOT_SENDS
    ),
    "tickets POST /{ticket_id}/replies/{reply_id}/queue": Row(
        roles(403, 409, 409, 403, 403), NOT_SENDS
    ),
    "tickets POST /{ticket_id}/replies/{reply_id}/undo": Row(
        roles(403, 409, 409, 403, 403), NOT_SENDS
    ),
    "tickets POST /{ticket_id}/replies/{reply_id}/retry": Row(
        roles(403, 409, 409, 403, 403), NOT_SENDS
    ),
    "tickets POST /{ticket_id}/replies/{reply_id}/settle": Row(SENDS, NOT_SENDS),  # is settled
    "tickets GET /{ticket_id}/notes": Row(READS, HIDDEN, foreign=None),
    "tickets POST /{ticket_id}/notes": Row(
        roles(403, 400, 400, 403, 403), roles(403, 404, 404, 403, 403)
    ),  # without a text
    "tickets PATCH /notes/{note_id}": Row(roles(403, 404, 404, 403, 403)),
    "tickets DELETE /notes/{note_id}": Row(roles(403, 404, 404, 403, 403)),
    "tickets POST /{ticket_id}/uploads": Row(
        roles(403, 201, 201, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets DELETE /uploads/{upload_id}": Row(roles(403, 404, 404, 403, 403)),
    "tickets POST /{ticket_id}/follow": Row(
        roles(204, 204, 204, 204, 403), roles(404, 404, 404, 404, 403)
    ),
    "tickets DELETE /{ticket_id}/follow": Row(
        roles(204, 204, 204, 204, 403), roles(404, 404, 404, 404, 403)
    ),
    "tickets POST /{ticket_id}/merge": Row(  # with itself
        roles(403, 400, 403, 403, 403), roles(403, 404, 403, 403, 403)
    ),
    "tickets POST /{ticket_id}/unmerge": Row(  # of itself
        roles(403, 404, 403, 403, 403), roles(403, 404, 403, 403, 403)
    ),
    "tickets POST /{ticket_id}/split": Row(  # all that there is
        roles(403, 409, 409, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets PATCH /{ticket_id}/messages/{message_id}": Row(  # where it is
        roles(403, 200, 200, 403, 403), roles(403, 404, 404, 403, 403)
    ),
    "tickets POST /": Row(roles(403, 400, 400, 403, 403), roles(403, 404, 404, 403, 403)),
    "tickets POST /bulk": Row(roles(403, 200, 200, 403, 403)),
    "tickets POST /{ticket_id}/links": Row(  # with itself
        roles(403, 400, 400, 403, 403), roles(403, 400, 400, 403, 403)
    ),
    "tickets DELETE /{ticket_id}/links/{other_id}": Row(roles(403, 404, 404, 403, 403)),
    "tickets GET /{ticket_id}/related": Row(READS, HIDDEN, foreign=None),
    "tickets GET /presence": Row(READS, foreign=None),
    "tickets POST /{ticket_id}/presence": Row(READS, HIDDEN),
    "tickets DELETE /{ticket_id}/presence": Row(
        roles(204, 204, 204, 204, 403), roles(404, 404, 404, 404, 403)
    ),
    "tickets GET /fields": Row(READS, foreign=None),
    "tickets GET /teams": Row(READS, foreign=None),
    "content GET /search": Row(roles(400, 400, 400, 400, 403), foreign=None),  # for nothing
    "content GET /tickets/{ticket_id}": Row(READS, HIDDEN, foreign=None),
    "tickets GET /saved_replies": Row(roles(403, 200, 200, 403, 403), foreign=None),
    "tickets POST /saved_replies": Row(roles(403, 400, 400, 403, 403)),  # without a text
    "tickets GET /saved_replies/{saved_reply_id}": Row(
        roles(403, 404, 404, 403, 403), foreign=None
    ),
    "tickets PATCH /saved_replies/{saved_reply_id}": Row(roles(403, 404, 404, 403, 403)),
    "tickets DELETE /saved_replies/{saved_reply_id}": Row(roles(403, 404, 404, 403, 403)),
    "tickets POST /saved_replies/{saved_reply_id}/render": Row(roles(403, 404, 404, 403, 403)),
    "content GET /messages/{message_id}": Row(READS, HIDDEN, foreign=None),
    "content GET /messages/{message_id}/frame": Row(READS, HIDDEN, foreign=None),
    "content GET /mailboxes/{mailbox_id}/senders": Row(SENDS, NOT_SENDS, foreign=None),
    "content GET /images/{message_id}": Row(  # by an address that nobody signed
        roles(400, 400, 400, 400, 403), HIDDEN, foreign=None
    ),
    "content GET /attachments/{message_id}/{part}": Row(READS, HIDDEN, foreign=None),
    "oauth POST /disconnect": Row(administrators(404)),  # of no mailbox
    "oauth POST /start": Row(roles(200, 403, 403, 403, 403)),
    "oauth GET /callback": Row(roles(303, 303, 303, 303, 303), nobody=303, foreign=None),
    "admin GET /mailboxes": Row(ALL, foreign=None),
    "admin GET /mailboxes/{mailbox_id}": Row(ALL, roles(200, 404, 404, 404, 200), foreign=None),
    "admin PATCH /mailboxes/{mailbox_id}": Row(administrators(409)),  # of another version
    "admin GET /mailboxes/{mailbox_id}/settings": Row(
        ALL, roles(200, 404, 404, 404, 200), foreign=None
    ),
    "admin PATCH /mailboxes/{mailbox_id}/settings": Row(administrators(200)),  # as they are
    "admin GET /mailboxes/{mailbox_id}/statements": Row(
        ALL, roles(200, 404, 404, 404, 200), foreign=None
    ),
    "admin GET /mailboxes/{mailbox_id}/statements/{statement_id}": Row(
        roles(404, 404, 404, 404, 404), foreign=None
    ),
    "admin POST /mailboxes/{mailbox_id}/reconciliation": Row(administrators(202)),
    "admin GET /mailboxes/{mailbox_id}/smtp": Row(administrators(200), foreign=None),
    "admin PATCH /mailboxes/{mailbox_id}/smtp": Row(administrators(409)),  # of another version
    "admin DELETE /mailboxes/{mailbox_id}/smtp": Row(administrators(409)),
    "admin GET /mailboxes/{mailbox_id}/tags": Row(LEADS, HIDDEN_FROM_LEADS, foreign=None),
    "admin POST /mailboxes/{mailbox_id}/tags": Row(  # into the same
        roles(403, 400, 403, 403, 403), HIDDEN_FROM_LEADS
    ),
    "admin GET /mailboxes/{mailbox_id}/rules": Row(LEADS, HIDDEN_FROM_LEADS, foreign=None),
    "admin POST /mailboxes/{mailbox_id}/rules": Row(
        roles(403, 400, 403, 403, 403), HIDDEN_FROM_LEADS
    ),  # to give tickets to nobody who is there
    "admin PATCH /mailboxes/{mailbox_id}/rules": Row(LEADS, HIDDEN_FROM_LEADS),  # of none
    "admin GET /mailboxes/{mailbox_id}/rules/{rule_id}": Row(
        HIDDEN_FROM_LEADS, HIDDEN_FROM_LEADS, foreign=None
    ),
    "admin PATCH /mailboxes/{mailbox_id}/rules/{rule_id}": Row(
        HIDDEN_FROM_LEADS, HIDDEN_FROM_LEADS
    ),
    "admin DELETE /mailboxes/{mailbox_id}/rules/{rule_id}": Row(
        HIDDEN_FROM_LEADS, HIDDEN_FROM_LEADS
    ),
    "admin POST /mailboxes/{mailbox_id}/rules/{rule_id}/dry_run": Row(
        HIDDEN_FROM_LEADS, HIDDEN_FROM_LEADS
    ),
    "admin GET /mailboxes/{mailbox_id}/retention": Row(administrators(200), foreign=None),
    "admin PATCH /mailboxes/{mailbox_id}/retention": Row(administrators(200)),  # as it is
    "admin GET /mailboxes/{mailbox_id}/retention/preview": Row(administrators(200), foreign=None),
    "admin GET /privacy/requests": Row(administrators(200), foreign=None),
    "admin POST /privacy/requests": Row(administrators(404)),  # of nobody
    "admin PATCH /privacy/requests/{request_id}": Row(administrators(404)),
    "admin POST /privacy/customers/{subject_id}/erase": Row(administrators(404)),
    "admin POST /privacy/people/{subject_id}/erase": Row(administrators(404)),
    "admin GET /privacy/customers/{subject_id}/erasure": Row(administrators(404), foreign=None),
    "admin GET /privacy/people/{subject_id}/erasure": Row(administrators(404), foreign=None),
    "admin GET /privacy/erasures": Row(administrators(200), foreign=None),
    "admin POST /privacy/customers/{subject_id}/exports": Row(administrators(404)),
    "admin GET /privacy/exports": Row(administrators(200), foreign=None),
    "admin GET /privacy/exports/{job_id}/file": Row(administrators(404), foreign=None),
    "admin GET /privacy/settings": Row(administrators(200), foreign=None),
    "admin PATCH /privacy/settings": Row(administrators(200)),  # as it is
    "admin GET /legal_holds": Row(administrators(200), foreign=None),
    "admin POST /legal_holds": Row(administrators(400)),  # without a reason
    "admin GET /legal_holds/{hold_id}": Row(administrators(404), foreign=None),
    "admin DELETE /legal_holds/{hold_id}": Row(administrators(404)),
    "admin GET /imports": Row(administrators(200), foreign=None),
    "admin POST /imports": Row(administrators(400)),  # of no format
    "admin GET /imports/{job_id}": Row(administrators(404), foreign=None),
    "admin DELETE /imports/{job_id}": Row(administrators(404)),
    "admin GET /audit": Row(AUDITS, foreign=None),
    "admin GET /audit/state": Row(AUDITS, foreign=None),
    "admin GET /audit/entries/{entry_id}": Row(roles(404, 403, 403, 403, 404), foreign=None),
    "admin GET /audit/export": Row(roles(404, 403, 403, 403, 404), foreign=None),
    "admin GET /exports": Row(administrators(200), foreign=None),
    "admin POST /exports": Row(administrators(404)),  # of a mailbox that is none
    "admin GET /exports/{job_id}": Row(administrators(404), foreign=None),
    "admin DELETE /exports/{job_id}": Row(administrators(404)),
    "admin GET /exports/{job_id}/files/{number}": Row(administrators(404), foreign=None),
    "admin GET /people": Row(administrators(200), foreign=None),
    "admin POST /people": Row(administrators(409)),  # with an address that has an account
    "admin GET /people/{user_id}": Row(administrators(200), foreign=None),
    "admin PATCH /people/{user_id}": Row(administrators(200)),
    "admin PATCH /people/{user_id}/role": Row(administrators(200)),
    "admin PATCH /people/{user_id}/mailboxes": Row(administrators(200)),
    "admin POST /people/{user_id}/invitation": Row(administrators(409)),  # has a password
    "admin GET /people/{user_id}/sessions": Row(administrators(200), foreign=None),
    "admin DELETE /people/{user_id}/sessions": Row(administrators(204)),
    "admin DELETE /people/{user_id}/factors": Row(administrators(204)),
    "admin GET /custom_fields": Row(administrators(200), foreign=None),
    "admin POST /custom_fields": Row(administrators(400)),  # without a name
    "admin PATCH /custom_fields/{field_id}": Row(administrators(404)),
    "admin GET /teams": Row(administrators(200), foreign=None),
    "admin POST /teams": Row(administrators(400)),  # without a name
    "admin PATCH /teams/{team_id}": Row(administrators(404)),
    "admin GET /roles": Row(administrators(200), foreign=None),
    "admin POST /roles": Row(administrators(400)),  # without a name
    "admin PATCH /roles/{role_id}": Row(administrators(404)),
    "admin DELETE /roles/{role_id}": Row(administrators(404)),
    "admin GET /organisation/smtp": Row(administrators(200), foreign=None),
    "admin PATCH /organisation/smtp": Row(administrators(400)),  # at port 25
    "admin POST /set_up/smtp": Row(MISSING, nobody=404),
    "admin GET /webhooks": Row(administrators(200), foreign=None),
    "admin GET /mailboxes/{mailbox_id}/break_glass": Row(
        ALL, roles(200, 404, 404, 404, 200), foreign=None
    ),
    "admin POST /mailboxes/{mailbox_id}/break_glass": Row(administrators(400)),  # without a reason
    "admin POST /mailboxes/{mailbox_id}/break_glass/{glass_id}/consent": Row(MISSING),
    "admin POST /mailboxes/{mailbox_id}/break_glass/{glass_id}/end": Row(MISSING),
    "admin GET /organisation/break_glass": Row(administrators(200), foreign=None),
    "admin PATCH /organisation/break_glass": Row(administrators(409)),  # against another version
    "admin GET /mailboxes/{mailbox_id}/disconnect": Row(
        administrators(200), administrators(200), foreign=None
    ),
    "admin GET /mailboxes/{mailbox_id}/receipt": Row(administrators(404), foreign=None),
    "admin POST /webhooks": Row(administrators(400)),  # of no event
    "admin GET /webhooks/{webhook_id}": Row(administrators(404), foreign=None),
    "admin PATCH /webhooks/{webhook_id}": Row(administrators(404)),
    "admin DELETE /webhooks/{webhook_id}": Row(administrators(404)),
    "admin POST /webhooks/{webhook_id}/verify": Row(administrators(404)),
    "admin POST /webhooks/{webhook_id}/test": Row(administrators(404)),
    "admin POST /webhooks/{webhook_id}/secret": Row(administrators(404)),
    "admin GET /webhooks/{webhook_id}/deliveries": Row(administrators(404), foreign=None),
    "admin POST /webhooks/{webhook_id}/deliveries/{delivery_id}/again": Row(administrators(404)),
    "admin GET /verifier-keys": Row(ALL, nobody=200, foreign=None),
    "dead_letters GET /": Row(administrators(200), foreign=None),
    "dead_letters POST /replay": Row(administrators(200)),  # of nothing
    "public GET /": Row(ALL, nobody=200, foreign=None),
    "public GET /privacy": Row(ALL, nobody=200, foreign=None),
    "public GET /privacy/how": Row(ALL, nobody=200, foreign=None),
    "public GET /help": Row(ALL, nobody=200, foreign=None),
    "public GET /data": Row(ALL, nobody=200, foreign=None),
    "public POST /data/code": Row(WRONG, nobody=400),  # JSON instead of a form
    "public POST /data/open": Row(WRONG, nobody=400),
    "public POST /data/leave": Row(roles(303, 303, 303, 303, 303), nobody=303, foreign=None),
    "public POST /data/exports": Row(
        roles(404, 404, 404, 404, 404), nobody=404, foreign=None
    ),  # no visit
    "public GET /data/exports/{job_id}/file": Row(
        roles(404, 404, 404, 404, 404), nobody=404, foreign=None
    ),
    "public POST /data/correction": Row(WRONG, nobody=400),
    "public POST /data/erasure": Row(WRONG, nobody=400),
    "public GET /satisfaction/{token}": Row(MISSING, nobody=404, foreign=None),
    "public POST /satisfaction/{token}": Row(WRONG, nobody=400),  # JSON instead of a form
    "public GET /api/docs": Row(ALL, nobody=200, foreign=None),
    "public GET /api/openapi.json": Row(ALL, nobody=200, foreign=None),
}


@dataclass(slots=True)
class Place:
    """A mailbox with one ticket, whose one message has an attachment, and one reply that was sent."""

    mailbox_id: str
    ticket_id: str
    message_id: str
    part: str
    reply_id: str
    customer_id: str


class World:
    """A desk whose people have a mailbox, and where another one stands that they are no members of."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self.desk = desk
        self.own = self._place(SUPPORT, PEOPLE)
        self.other = self._place(SALES, ("outsider",))
        for situation in ("disabled", "ended", "half"):
            for role in PEOPLE:
                self._hire(f"{situation} {role}", role, self.own.mailbox_id)
        self._hire("colleague", "supervisor")
        self.colleague = ids.derived_id(ids.USER, "demo", desk.people["colleague"][0])
        self.browsers = {who: desk.browser(who) for who in desk.people if "half" not in who}
        for role in PEOPLE:
            if role not in ("administrator", "auditor"):
                self._change(f"half {role}", factors=["totp"])
            self.browsers[f"half {role}"] = self.half(role)
            self.browsers[role].send("POST", "/api/account/factors/recovery_codes")
            self._change(f"disabled {role}", disabled=True)
            self._change(f"ended {role}", session_epoch=1)

    def half(self, role: str) -> DeskBrowser:
        """Return a browser in which the password was right and a factor is still owed."""
        browser = self.desk.browser()
        email, password = self.desk.people[f"half {role}"]
        answer = browser.send("POST", "/api/session/", {"email": email, "password": password})
        assert answer.json["needs"], answer.data
        return browser

    def ask(
        self, route: str, place: Place, browser: DeskBrowser, **site: str | None
    ) -> TestResponse:
        """Send a well-formed request to a route, about this place; the browser keeps its cookies.

        `site` are the headers that tell of another site's page.
        """
        function, method, path = route.split(" ")
        path = path.format(
            ticket_id=place.ticket_id,
            message_id=place.message_id,
            mailbox_id=place.mailbox_id,
            part=place.part,
            customer_id=place.customer_id,
            token="t_" + "0" * 26,
            file="times.csv",
            factor_id="f_" + "0" * 26,
            session_id="s_" + "0" * 64,
            role_id="ro_" + "0" * 26,
            rule_id="ru_" + "0" * 26,
            statement_id="st_" + "0" * 26,
            hold_id="lh_" + "0" * 26,
            subject_id="c_" + "0" * 26,
            request_id="dr_" + "0" * 26,
            note_id="n_" + "0" * 26,
            reply_id=place.reply_id,
            saved_reply_id="sr_" + "0" * 26,
            upload_id="up_" + "0" * 26,
            entry_id="e_" + "0" * 26,
            job_id="j_" + "0" * 26,
            number="0",
            view_id="v_" + "0" * 26,
            other_id="t_" + "0" * 26,
            team_id="tm_" + "0" * 26,
            field_id="cf_" + "0" * 26,
            token_id="tk_" + "0" * 64,
            webhook_id="wh_" + "0" * 26,
            delivery_id="e_" + "0" * 26,
            glass_id="bg_" + "0" * 26,
            user_id=self.colleague,
        )
        headers: dict[str, str | None] = {"if_match": self._version(route, place)}
        headers |= {"sec_fetch_dest": "iframe", "x_file_name": "a.txt", **site}
        prefix = "" if function == "public" else f"/api/{function}"
        return browser.twin().send(method, prefix + path, self._body(route, place), **headers)

    def _body(self, route: str, place: Place) -> Any:
        email, password = self.desk.people["viewer"]
        link = {"kind": "invitation", "token": "A" * 43}
        server = {"host": "smtp.example.com", "port": 465, "security": "tls"}
        server |= {"sender": "desk@example.com"}
        return {
            "session POST /": {"email": email, "password": password},
            "session POST /email_otp/verify": {"code": "00000000"},
            "session POST /totp/verify": {"code": "000000"},
            "session POST /recovery/verify": {"code": "0"},
            "session POST /passkey/verify": {"credential": {}},
            "session POST /step_up": {"password": "not that"},
            "account POST /factors/totp/confirm": {"code": "000000"},
            "account POST /factors/passkeys": {"name": "A key", "credential": {}},
            "account PATCH /notifications": {"mail": "off"},
            "tickets POST /notifications/read": {"ids": []},
            "account PATCH /profile": {"language": "en"},
            "account POST /password": {"current": "not that", "password": "another one"},
            "account POST /password/reset": {"email": f"{uuid.uuid4()}@example.net"},
            "account POST /tokens": {"name": "A", "permissions": [], "days": 1},
            "account POST /links": link,
            "account POST /data/erase": {"email": "nobody@example.com"},
            "account POST /links/password": link | {"password": "a quiet walk by the canal"},
            "admin POST /people": {"email": email, "name": "Viewer", "role": "viewer"},
            "admin PATCH /mailboxes/{mailbox_id}": {"state": "active"},
            "admin POST /mailboxes/{mailbox_id}/reconciliation": {},
            "admin PATCH /mailboxes/{mailbox_id}/settings": {"satisfaction": False},
            "admin POST /mailboxes/{mailbox_id}/tags": {"tag": "one", "into": "one"},
            "admin POST /mailboxes/{mailbox_id}/rules": {
                "name": "To nobody",
                "when": ["ticket_created"],
                "actions": {"assignee_id": "u_0"},
            },
            "admin PATCH /mailboxes/{mailbox_id}/rules": {"rule_ids": []},
            "admin PATCH /mailboxes/{mailbox_id}/rules/{rule_id}": {"stop": True},
            "admin PATCH /people/{user_id}": {"disabled": False},  # as it is, here and below
            "admin PATCH /people/{user_id}/role": {"role": "supervisor"},
            "admin PATCH /people/{user_id}/mailboxes": {"mailbox_ids": []},
            "admin POST /roles": {"name": "", "permissions": []},
            "admin POST /custom_fields": {"name": "", "kind": "text"},
            "admin PATCH /custom_fields/{field_id}": {"name": "Order number"},
            "admin POST /teams": {"name": ""},
            "admin PATCH /teams/{team_id}": {"name": "Second line"},
            "admin PATCH /roles/{role_id}": {"name": "Dispatcher"},
            "admin PATCH /mailboxes/{mailbox_id}/smtp": server,
            "admin PATCH /mailboxes/{mailbox_id}/retention": {},
            "admin POST /privacy/requests": {
                "customer_id": "c_" + "0" * 26,
                "kind": "erasure",
            },
            "admin PATCH /privacy/requests/{request_id}": {"decision": "done"},
            "dead_letters POST /replay": {"subscription": "create-ticket.message-received"},
            "admin PATCH /privacy/settings": {"show_staff_names": False},
            "admin POST /legal_holds": {
                "kind": "mailbox",
                "target": place.mailbox_id,
                "reason": "",
            },
            "admin POST /exports": {"mailbox_ids": ["mb_" + "0" * 26]},
            "admin POST /webhooks": {"name": "A", "url": "https://example.net/", "actions": []},
            "admin PATCH /webhooks/{webhook_id}": {"state": "paused"},
            "admin POST /webhooks/{webhook_id}/secret": {"overlap_hours": 24},
            "admin PATCH /organisation/smtp": server | {"port": 25},
            "admin POST /set_up/smtp": {"token": "A" * 43, "server": server},
            "tickets POST /saved_replies": {"name": "Thanks", "text": ""},
            "tickets PATCH /saved_replies/{saved_reply_id}": {"name": "Many thanks"},
            "tickets POST /saved_replies/{saved_reply_id}/render": {"ticket_id": "t_" + "0" * 26},
            "tickets POST /{ticket_id}/notes": {"text": ""},
            "tickets POST /{ticket_id}/replies": {"to": [{"address": "nobody"}]},
            "tickets PATCH /{ticket_id}/replies/{reply_id}": {"text": "Soon."},
            "tickets POST /{ticket_id}/replies/{reply_id}/queue": {"conversation": 1},
            "tickets POST /{ticket_id}/replies/{reply_id}/retry": {"conversation": 1},
            "tickets POST /{ticket_id}/replies/{reply_id}/settle": {"decision": "sent"},
            "tickets PATCH /notes/{note_id}": {"text": "Look again."},
            "tickets POST /views": {"name": "", "filters": {}},
            "tickets PATCH /views/{view_id}": {"position": 1},
            "tickets POST /{ticket_id}/merge": {"source_id": place.ticket_id, "source_version": 1},
            "tickets PATCH /customers/{customer_id}": {"name": "Nora Lind"},  # as it is
            "tickets POST /customers/{customer_id}/notes": {"text": ""},
            "tickets POST /customers/{customer_id}/merge": {"into": "c_1", "into_version": 1},
            "tickets POST /customers/{customer_id}/unmerge": {"customer_id": "c_1"},
            "tickets POST /{ticket_id}/unmerge": {"source_id": place.ticket_id},
            "tickets POST /{ticket_id}/split": {"message_ids": [place.message_id]},
            "tickets PATCH /{ticket_id}/messages/{message_id}": {"ticket_id": place.ticket_id},
            "tickets POST /": {
                "mailbox_id": place.mailbox_id,
                "subject": "",
                "customer": {"address": "nora@customers.example.net"},
            },
            "tickets POST /bulk": {"tickets": [{"id": place.ticket_id}], "change": {}},
            "tickets POST /{ticket_id}/links": {"ticket_id": place.ticket_id},
            "tickets POST /{ticket_id}/presence": {"typing": False},
            "tickets PATCH /{ticket_id}": {"state": "new"},  # as it is: nothing changes
            "tickets POST /{ticket_id}/uploads": b"a file",
            "admin POST /mailboxes/{mailbox_id}/break_glass": {"reason": ""},
            "admin PATCH /organisation/break_glass": {"consent": True},
            "oauth POST /disconnect": {"mailbox_id": "mb_" + "0" * 26},
            "oauth POST /start": {"intent": "add"},
        }.get(route)

    def _version(self, route: str, place: Place) -> str:
        if "{user_id}" in route:
            return f'"{self.desk.documents(USERS)[self.colleague]["version"]}"'
        if route.endswith("/smtp") and "{mailbox_id}" in route:
            return '"9"'
        if route.endswith("/organisation/break_glass"):
            return '"9"'
        if "{reply_id}" in route:
            return '"0"'
        if "{customer_id}" in route:
            return f'"{self.desk.documents("customers")[place.customer_id]["version"]}"'
        if "{ticket_id}" in route:
            return f'"{self.desk.documents("tickets")[place.ticket_id]["version"]}"'
        return '"0"'

    def _place(self, address: str, members: tuple[str, ...]) -> Place:
        desk = self.desk
        if "outsider" in members:
            self._hire("outsider", "supervisor")
        mailbox_id = desk.connect(address, *members)
        desk.deliver(_with_attachment(sender=address), to=address)
        [(message_id, message)] = [
            (id, m) for id, m in desk.documents("messages").items() if m["mailbox_id"] == mailbox_id
        ]
        part = message["attachments"][0]["part"]
        ticket_id = message["ticket_id"]
        reply_id = _sent_reply(desk, mailbox_id, ticket_id)
        customer_id = desk.documents("tickets")[ticket_id]["customer_id"]
        return Place(mailbox_id, ticket_id, message_id, part, reply_id, customer_id)

    def _hire(self, who: str, role: str, *mailboxes: str) -> None:
        address = f"{who.replace(' ', '.')}@example.com"
        seed._create(self.desk.desk, role, address, "a password")
        self.desk.people[who] = (address, "a password")
        self._change(who, mailbox_ids=list(mailboxes))

    def _change(self, who: str, **changes: Any) -> None:
        id = ids.derived_id(ids.USER, "demo", self.desk.people[who][0])
        self.desk.app().store.transact(lambda tx: tx.update(USERS, id, changes))


def _sent_reply(desk: DeskUnderTest, mailbox_id: str, ticket_id: str) -> str:
    """Put a reply into the store that was sent, so that nothing which is asked of it changes anything."""
    now = desk.clock.now()
    reply_id = ids.derived_id(ids.REPLY, "matrix", ticket_id)
    reply = Reply(mailbox_id, ticket_id, None, ReplyState.SENT, now, now, None, done=True)
    document = codec.to_document(reply)
    desk.app().store.transact(lambda tx: tx.put(replies.COLLECTION, reply_id, document))
    return reply_id


def _with_attachment(sender: str) -> bytes:
    """Return a mail of a customer who writes to this mailbox only, so that nobody else sees them."""
    return (
        f"From: Nora Lind <nora.of.{sender.partition('@')[0]}@customers.example.net>\r\n".encode()
        + b"To: support@example.com\r\n"
        b"Subject: The printer is on fire\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nSee the picture.\r\n"
        b'--b\r\nContent-Type: text/csv; name="a.csv"\r\n'
        b'Content-Disposition: attachment; filename="a.csv"\r\n\r\n1,2\r\n--b--\r\n'
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give the desk of all these tests; each leaves it as it was."""
    with desk_in(tmp_path_factory.mktemp("matrix") / "home") as desk:
        yield World(desk)


@pytest.fixture(params=MATRIX)
def route(request: pytest.FixtureRequest) -> str:
    """Go through the table."""
    name: str = request.param
    return name


def _fresh(world: World, route: str, who: str) -> DeskBrowser:
    """Return a signed-in browser; where the route ends the session, one of its own."""
    return world.desk.browser(who) if route == "session DELETE /" else world.browsers[who]


def test_every_route_has_a_row() -> None:
    """A route that is added must be written into the table, and one that goes taken out."""
    served = set()
    for name in HTTP:
        routes: Routes = importlib.import_module(f"functions.{name}").routes
        served |= {f"{name} {route.method} {route.path}" for route in routes.routes}

    assert served == set(MATRIX)


def test_the_table_covers_every_role() -> None:
    """The five roles of the product are the columns, and no role is missing."""
    assert set(ROLES) == set(PEOPLE)


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_in_its_own_mailbox(world: World, route: str, role: str) -> None:
    """A member gets what the role allows, and a missing permission is 403."""
    answer = world.ask(route, world.own, _fresh(world, route, role))

    assert answer.status_code == MATRIX[route].members[role]
    if answer.status_code == 403:
        assert answer.json["code"] == "permission.missing"


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("route", [name for name, row in MATRIX.items() if row.others])
def test_a_role_in_somebody_elses_mailbox(world: World, route: str, role: str) -> None:
    """What belongs to a mailbox that one may not see is 404, word for word like what does not exist."""
    none = "0" * 26
    missing = Place(f"mb_{none}", f"t_{none}", f"m_{none}", "2", f"r_{none}", f"c_{none}")
    row = MATRIX[route]
    assert row.others is not None

    answer = world.ask(route, world.other, world.browsers[role])

    assert answer.status_code == row.others[role]
    if answer.status_code == 404:
        nothing = world.browsers[role].send(
            *_like(world, route, missing), sec_fetch_dest="iframe", if_match='"1"'
        )
        assert _without_id(answer) == _without_id(nothing)


@pytest.mark.parametrize("situation", ["signed out", "invented cookie", "disabled", "ended"])
def test_somebody_who_is_not_signed_in(world: World, route: str, situation: str) -> None:
    """Without a live session every guarded route is 401, whoever it once belonged to."""
    browsers = {
        "signed out": [world.desk.browser()],
        "invented cookie": [_invented(world)],
    }.get(situation) or [world.browsers[f"{situation} {role}"] for role in PEOPLE]

    answers = [world.ask(route, world.own, browser) for browser in browsers]

    assert {answer.status_code for answer in answers} == {MATRIX[route].nobody}


@pytest.mark.parametrize("role", PEOPLE)
def test_somebody_who_still_owes_a_factor(world: World, route: str, role: str) -> None:
    """A right password alone opens nothing but the routes that prove the factor."""
    row = MATRIX[route]
    browser = world.half(role) if route == "session DELETE /" else world.browsers[f"half {role}"]

    answer = world.ask(route, world.own, browser)

    assert answer.status_code == (row.nobody if row.half is None else row.half[role])
    if answer.status_code == 401:
        assert answer.json["code"] == "session.incomplete"


@pytest.mark.parametrize(
    "site",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "http://127.0.0.1:8081"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "https://elsewhere.example.net"},
        {"sec_fetch_site": None, "origin": "https://elsewhere.example.net"},
        {"sec_fetch_site": None, "origin": "null"},
        {"sec_fetch_site": None},
    ],
    ids=lambda site: " ".join(str(value) for value in site.values()),
)
@pytest.mark.parametrize("route", [name for name, row in MATRIX.items() if row.foreign])
def test_a_page_of_another_origin(world: World, route: str, site: dict[str, str | None]) -> None:
    """Another site, another port of this one, a typed address, or no header at all: no change."""
    answer = world.ask(route, world.own, world.browsers["administrator"], **site)

    assert answer.status_code == MATRIX[route].foreign
    assert answer.json["code"] == "request.cross_origin"


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("route", [name for name, row in MATRIX.items() if row.foreign])
def test_a_page_of_another_site(world: World, route: str, role: str) -> None:
    """A change that another site's page asks for is refused before anybody is looked up."""
    browser = _fresh(world, route, role)

    answer = world.ask(route, world.own, browser, sec_fetch_site="cross-site")

    assert answer.status_code == MATRIX[route].foreign
    assert answer.json["code"] == "request.cross_origin"
    assert browser.get("/api/session/").status_code == 200


def test_a_list_holds_only_what_one_may_see(world: World) -> None:
    """Lists of tickets and mailboxes show one's own mailboxes and no others."""
    for role in ("administrator", "supervisor", "agent", "viewer"):
        browser = world.browsers[role]
        tickets = browser.get("/api/tickets/").json["items"]
        own_filter = browser.get(f"/api/tickets/?mailbox_id={world.own.mailbox_id}").json["items"]
        other_filter = browser.get(f"/api/tickets/?mailbox_id={world.other.mailbox_id}")

        assert [ticket["id"] for ticket in tickets] == [world.own.ticket_id]
        assert own_filter == tickets
        assert (other_filter.status_code, other_filter.json["code"]) == (404, "mailbox.not_found")

    for role, count in roles(2, 1, 1, 1, 2).items():
        assert len(world.browsers[role].get("/api/admin/mailboxes").json["items"]) == count


def test_somebody_without_mailboxes_sees_empty_lists(world: World) -> None:
    """A new agent who belongs nowhere gets empty pages, not an error and not everything."""
    world._hire("newcomer", "agent")
    browser = world.desk.browser("newcomer")

    assert browser.get("/api/tickets/").json == {"items": [], "next": None}
    assert browser.get("/api/admin/mailboxes").json == {"items": [], "next": None}


def test_a_refusal_is_in_the_audit_log(world: World) -> None:
    """Asking for what one's role lacks leaves permission.refused, with who, where and which permission."""
    world.desk.settle()
    before = len(world.desk.audit())

    world.ask("oauth POST /start", world.own, world.browsers["viewer"])

    world.desk.settle()
    [entry] = world.desk.audit()[before:]
    assert entry["action"] == "permission.refused"
    assert entry["outcome"] == "failure"
    assert entry["reason"] == Permission.MAILBOX_CONNECT.value
    assert entry["target"] == {"type": "route", "id": "oauth:POST:/start", "mailbox": None}
    assert entry["actor"]["type"] == "user"
    assert entry["actor"]["role"] == "viewer"
    assert entry["actor"]["pseudonym"].startswith("act_")


def test_a_hidden_object_leaves_no_refusal(world: World) -> None:
    """Not finding something is no refusal: a wrong link must not look like an attack."""
    world.desk.settle()
    before = len(world.desk.audit())

    world.ask("tickets GET /{ticket_id}", world.other, world.browsers["agent"])

    world.desk.settle()
    assert world.desk.audit()[before:] == []


def _like(world: World, route: str, place: Place) -> tuple[str, str, Any]:
    function, method, path = route.split(" ")
    path = path.format(
        ticket_id=place.ticket_id,
        message_id=place.message_id,
        mailbox_id=place.mailbox_id,
        part=place.part,
        reply_id=place.reply_id,
        customer_id=place.customer_id,
        rule_id="ru_" + "9" * 26,
    )
    return method, f"/api/{function}{path}", world._body(route, place)


def _without_id(answer: TestResponse) -> dict[str, Any]:
    body: dict[str, Any] = answer.json
    return {name: value for name, value in body.items() if name != "request_id"}


def _invented(world: World) -> DeskBrowser:
    browser = world.desk.browser()
    browser._cookies["__Host-sid"] = "A" * 43
    return browser
