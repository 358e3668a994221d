"""Connecting a Gmail mailbox by OAuth: the way out to Google, and the way back.

The way back is a navigation from Google's site, so the strict session cookie is not sent with it. What
ties it to the person who set out: the state (single use, ten minutes), a Lax cookie whose hash stands in
the state's document, and the session named there, which must still be live and allowed to connect.
Nothing is exchanged before all three hold (reference: RFC 9700 §4.7, DESIGN §8).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shared import codec, ids, log
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import sessions
from shared.domain.mailboxes import Mailbox, MailboxState
from shared.domain.people import CHALLENGES, USERS, User
from shared.domain.places import place
from shared.errors import Forbidden, Invalid, NotFound, ProductError, Unavailable
from shared.gmail.contract import (
    Down,
    GmailError,
    Identity,
    Misconfigured,
    Throttled,
    Tokens,
    missing_scopes,
)
from shared.permissions import Actor, Permission, require
from shared.services import audit_log
from shared.services.accounts import sign_in
from shared.services.mailboxes import connected_mailbox, mailbox_access
from shared.store.contract import Document, Filter, Query, Transaction

STATE_LIFETIME: Final = timedelta(minutes=10)

# What Google's page may send back in place of a code. Any other word is not repeated: it may come from
# a stranger. https://developers.google.com/identity/protocols/oauth2/web-server#handlingresponse
_ERRORS: Final = {
    "access_denied": "oauth.denied",
    "admin_policy_enforced": "oauth.blocked_by_policy",
    "org_internal": "oauth.blocked_by_policy",
}

Intent = Literal["add", "reconnect"]


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the cookie that it must bring back."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Connected:
    """The mailbox of a consent that was completed, and whether the desk knew it before."""

    mailbox_id: str
    again: bool


@dataclass(frozen=True, slots=True)
class _State:
    """The document of a consent under way. Verifier and nonce are sealed under the person's key."""

    kind: str
    user_id: str
    session_id: str
    intent: Intent
    mailbox_id: str | None
    import_days: int | None
    cookie_hash: str
    sealed: str
    expires_at: datetime


def start(
    app: App, actor: Actor, intent: Intent, mailbox_id: str | None, import_days: int | None = 0
) -> Departure:
    """Return the address of Google's consent page for this person.

    `import_days` is how much older mail a new mailbox begins with, None for all of it.
    Raises Invalid where the intent and the mailbox do not fit, NotFound where it does not exist.
    """
    if (intent == "reconnect") != (mailbox_id is not None):
        raise Invalid("oauth.mailbox_and_intent_differ")
    hint = None
    if mailbox_id is not None:
        mailbox = mailbox_access.load(app, mailbox_id)
        if mailbox.state is MailboxState.DISCONNECTED:
            raise NotFound("mailbox.not_found")
        hint = mailbox_access.identity(app, mailbox_id, mailbox).address
    state, cookie, verifier, nonce = (_random() for _ in range(4))
    document_id = _hash(state)
    document = _State(
        kind="oauth",
        user_id=actor.user_id,
        session_id=actor.session_id,
        intent=intent,
        mailbox_id=mailbox_id,
        import_days=import_days,
        cookie_hash=_hash(cookie),
        sealed=app.envelope.seal(
            actor.user_id, place(CHALLENGES, document_id), {"verifier": verifier, "nonce": nonce}
        ),
        expires_at=app.clock.now() + STATE_LIFETIME,
    )
    app.store.transact(lambda tx: tx.create(CHALLENGES, document_id, codec.to_document(document)))
    url = app.oauth.consent_url(state=state, nonce=nonce, verifier=verifier, login_hint=hint)
    return Departure(url, cookie)


def finish(app: App, *, state: str, cookie: str, code: str, error: str) -> Connected:
    """Complete a consent and return the connected mailbox.

    Raises a ProductError that says what went wrong. Then an existing connection works as before, a grant
    that no mailbox has is given back, and nothing new was stored; only where Gmail refuses the watch, the
    last step, a mailbox stays `connecting` until it is connected again.
    """
    departed = _claim(app, state)
    who = audit_log.ANONYMOUS
    try:
        _check(app, departed, cookie)
        actor = sessions.find(app.store, app.clock, departed.session_id)
        who = audit_log.person(actor)
        require(actor, Permission.MAILBOX_CONNECT)
        if error:
            raise Forbidden(_ERRORS.get(error, "oauth.failed"))
        secret = app.envelope.open(
            departed.user_id, place(CHALLENGES, _hash(state)), departed.sealed
        )
        assert isinstance(secret, Mapping)
        tokens = _exchange(app, code, str(secret["verifier"]))
        return _connect(app, actor, departed, tokens, str(secret["nonce"]))
    except ProductError as refused:
        target = departed.mailbox_id
        audit_log.record_alone(
            app,
            Happened(
                Action.MAILBOX_CONNECT_REFUSED,
                who,
                Target("mailbox", target, target) if target else None,
                outcome="failure",
                reason=refused.code,
            ),
        )
        raise


def _claim(app: App, state: str) -> _State:
    """Take the state's document away, once: whoever comes second finds nothing.

    Nobody set out with a state that is unknown, so its refusal is nothing to record: an invented one
    costs its sender more than us.
    """
    document_id = _hash(state)

    def work(tx: Transaction) -> Document | None:
        found = tx.get(CHALLENGES, document_id)
        if found is not None:
            tx.delete(CHALLENGES, document_id)
        return found

    found = app.store.transact(work) if state else None
    if found is None or found.data.get("kind") != "oauth":
        raise Invalid("oauth.state_unknown")
    return codec.from_document(_State, found.data)


def _check(app: App, departed: _State, cookie: str) -> None:
    """Raise unless this browser set out with this state, and not too long ago."""
    if departed.expires_at <= app.clock.now():
        raise Invalid("oauth.state_expired")
    if not hmac.compare_digest(departed.cookie_hash, _hash(cookie)):
        raise Invalid("oauth.state_foreign")


def _exchange(app: App, code: str, verifier: str) -> Tokens:
    if not code:
        raise Invalid("oauth.code_missing")
    try:
        return app.oauth.exchange(code, verifier)
    except GmailError as error:
        raise _refusal(error) from error


def _connect(app: App, actor: Actor, departed: _State, tokens: Tokens, nonce: str) -> Connected:
    """Check what Google granted and to whom, then store it. Whatever is refused is revoked."""
    try:
        identity = _identity(app, tokens, nonce)
        existing = _mailbox_of(app, identity)
        if departed.mailbox_id is not None and (
            existing is None or existing[0] != departed.mailbox_id
        ):
            raise Invalid("oauth.other_account")
        _refuse_address_of_codes(app, identity.address)
        if missing := missing_scopes(tokens.scopes):
            raise Invalid("oauth.scope_missing", scopes=[s.rsplit("/", 1)[-1] for s in missing])
        if tokens.refresh_token is None:
            raise Invalid("oauth.no_refresh_token")
        try:
            profile = mailbox_access.gmail_with(app, tokens.access_token).profile()
        except GmailError as error:
            raise _refusal(error) from error
        if profile.address != identity.address:
            raise Invalid("oauth.other_account")
    except ProductError:
        # Google counts grants by account and project: revoking a second consent of a connected mailbox
        # would kill its working grant, so only an account without a live connection is revoked.
        _revoke_unused(app, tokens)
        raise
    mailbox_id = existing[0] if existing else ids.random_id(ids.MAILBOX)
    try:
        connected_mailbox.store(app, actor, mailbox_id, identity, tokens, departed.import_days)
    except NotFound:
        app.oauth.revoke(tokens.refresh_token)  # of a mailbox that was disconnected meanwhile
        raise
    except GmailError as error:
        raise _refusal(error) from error
    log.event("INFO", "mailbox.connected", mailbox=mailbox_id, history=profile.history_id)
    return Connected(mailbox_id, existing is not None)


def _identity(app: App, tokens: Tokens, nonce: str) -> Identity:
    if tokens.id_token is None:
        raise Invalid("oauth.identity_missing")
    try:
        identity = app.oauth.identify(tokens.id_token)
    except GmailError as error:
        raise _refusal(error) from error
    if identity.nonce is None or not hmac.compare_digest(identity.nonce, nonce):
        raise Invalid("oauth.nonce_differs")
    domains = app.settings.workspace_domains
    if domains and identity.hosted_domain not in domains:
        raise Forbidden("oauth.domain_not_allowed")
    return identity


def _refuse_address_of_codes(app: App, address: str) -> None:
    """Refuse the address of a person who signs in with codes by mail.

    As a mailbox of the desk, everybody who reads its tickets would read the codes too.
    """
    token = Filter("address_token", "==", sign_in.address_token(app, address))
    for document in app.store.query(Query(USERS, (token,), limit=1)).documents:
        if "email_otp" in sessions.required_for(codec.from_document(User, document.data)):
            raise Invalid("oauth.address_gets_codes")


def _mailbox_of(app: App, identity: Identity) -> tuple[str, Mailbox] | None:
    """Return the living mailbox of this Google account, if it was ever connected."""
    token = mailbox_access.subject_token(app, identity.subject)
    return connected_mailbox.find_living(app.store, token)


def _revoke_unused(app: App, tokens: Tokens) -> None:
    """Give back a grant that will not be used, unless it belongs to a connected mailbox."""
    if tokens.id_token is None:
        return
    try:
        identity = app.oauth.identify(tokens.id_token)
    except GmailError:
        return
    if _mailbox_of(app, identity) is None:
        app.oauth.revoke(tokens.refresh_token or tokens.access_token)


def _refusal(error: GmailError) -> ProductError:
    if isinstance(error, Down | Throttled):
        return Unavailable("oauth.google_unavailable")
    if isinstance(error, Misconfigured):
        return Unavailable("oauth.misconfigured", reason=error.reason)
    return Invalid("oauth.refused", reason=error.reason)


def _random() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
