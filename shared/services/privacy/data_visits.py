"""A customer's visit to what is held on them: a code to their address opens it, for fifteen minutes.

Who asks is always answered alike, because nobody looks: the door keeps the address's token and tells a
function of its own, which finds out whose it is and mails the code. A code is bound to the browser that
asked, by a cookie; the visit that it opens has another, which is no session of anybody who works here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import otp, sessions
from shared.auth.visitor import Visitor
from shared.domain.customers import Customer
from shared.domain.events import DATA_CODE_ASKED, DataCodeAsked
from shared.domain.people import CHALLENGES
from shared.errors import Forbidden, Invalid, NotFound, Unauthenticated
from shared.mail import addresses
from shared.services import audit_log, outbox
from shared.services.accounts import attempts, email_otp
from shared.services.accounts.attempts import Limit
from shared.services.customers import customer_matching, customers
from shared.services.organisation import system_mail
from shared.services.organisation.page_language import Language
from shared.services.outbox import Outbox
from shared.store.contract import Reader, Transaction

CODE_KIND: Final = "data_code"
VISIT_KIND: Final = "data_visit"
LASTS: Final = timedelta(minutes=15)

_OF_ADDRESS: Final = Limit("data_code.address", 3, 3600)
_OF_NETWORK: Final = Limit("data_code.network", 60, 3600)


@dataclass(frozen=True, slots=True)
class _Code:
    """The document of a code that was asked for; its id is a hash of the browser's cookie.

    `customer_id`, `key_id` and `code_hash` are there once a code was mailed.
    """

    kind: str
    address_token: str
    expires_at: datetime
    tries: int = 0
    customer_id: str | None = None
    key_id: str | None = None
    code_hash: str | None = None


@dataclass(frozen=True, slots=True)
class _Visit:
    """The document of a visit; its id is a hash of its cookie."""

    kind: str
    customer_id: str
    expires_at: datetime


def ask(app: App, visitor: Visitor, email: str, language: Language) -> str:
    """Have a code sent to this address, if it is a customer's; return the cookie of the browser that asks.

    Raises Invalid("data.address_invalid"), and TooMany("sign_in.too_many_attempts"), alike for addresses
    that are nobody's.
    """
    address = addresses.strict_address(email.strip())
    if not address:
        raise Invalid("data.address_invalid")
    token = customer_matching.token_of(app, address)
    refused = _refused("sign_in.too_many_attempts")
    attempts.claim(app, _OF_NETWORK, visitor.network, refused)
    attempts.claim(app, _OF_ADDRESS, token, refused)
    cookie, _ = sessions.new_cookie()
    id = email_otp.challenge_id(cookie)
    code = _Code(CODE_KIND, token, app.clock.now() + otp.LIFETIME)

    def work(tx: Transaction, box: Outbox) -> None:
        tx.create(CHALLENGES, id, codec.to_document(code))
        box.add(id, DATA_CODE_ASKED, asdict(DataCodeAsked(id, language)))

    outbox.commit(app, work)
    return cookie


def send_code(app: App, event: DataCodeAsked) -> None:
    """Mail a code to the customer whose address was entered; to nobody where it is no customer's.

    A second delivery mails another code, and the first is worth nothing from then on. Raises Unavailable
    where the mail server does not answer: then the event comes again, until the code would be over.
    """
    app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, event.id))
    asked = _code(app.store, event.id)
    if asked is None or asked.expires_at <= app.clock.now():
        return
    found = customer_matching.of_token(app.store, asked.address_token)
    address = None if found is None else _address(app, *found, asked.address_token)
    if found is None or address is None:
        audit_log.record_alone(app, _sent(None, "customer.not_found"))
        return
    try:
        email_otp.require_not_read_here(app, address)
    except Forbidden as error:
        audit_log.record_alone(app, _sent(found[0], error.code))
        return
    code = otp.new_code()
    key_id, code_hash = otp.seal_code(app.keys, event.id, code)

    def work(tx: Transaction, box: Outbox) -> bool:
        if _code(tx, event.id) is None:
            return False  # used meanwhile, of an earlier delivery
        told = {"customer_id": found[0], "key_id": key_id, "code_hash": code_hash}
        tx.update(CHALLENGES, event.id, told)
        audit_log.record(app, box, _sent(found[0]))
        return True

    if outbox.commit(app, work):
        language = event.language if event.language in system_mail.LANGUAGES else "en"
        system_mail.send(app, to=address, kind="data_code", language=language, code=code)


def open_visit(app: App, cookie: str, code: str) -> str:
    """Prove the code that was mailed; return the cookie of the visit.

    Raises Invalid("data.wrong_code"): wrong, used, over, tried five times, or asked for by another browser.
    Whoever asked for an address that is nobody's is told the same.
    """
    id = email_otp.challenge_id(cookie)
    visit_cookie, _ = sessions.new_cookie()
    now = app.clock.now()

    def work(tx: Transaction, box: Outbox) -> bool:
        asked = _code(tx, id)
        if asked is None or asked.expires_at <= now or asked.tries >= otp.MAX_TRIES:
            return False
        right = (
            asked.customer_id is not None
            and asked.key_id is not None
            and asked.code_hash is not None
            and otp.matches(app.keys, asked.key_id, asked.code_hash, id, code)
        )
        if not right or asked.customer_id is None:
            tx.update(CHALLENGES, id, {"tries": asked.tries + 1})
            audit_log.record(app, box, _refused("data.wrong_code", asked.customer_id))
            return False
        visit = _Visit(VISIT_KIND, asked.customer_id, now + LASTS)
        tx.delete(CHALLENGES, id)
        tx.create(CHALLENGES, email_otp.challenge_id(visit_cookie), codec.to_document(visit))
        target = Target("customer", asked.customer_id)
        audit_log.record(app, box, Happened(Action.DATA_OPENED, audit_log.ANONYMOUS, target))
        return True

    if not outbox.commit(app, work):
        raise Invalid("data.wrong_code")
    return visit_cookie


def subject(app: App, cookie: str) -> str:
    """Return whose data a visit shows: the customer as they are now, merges followed.

    Raises Unauthenticated("data.over") where the visit is over, or there is no such customer any more.
    """
    found = app.store.get(CHALLENGES, email_otp.challenge_id(cookie)) if cookie else None
    if found is None or found.data.get("kind") != VISIT_KIND:
        raise Unauthenticated("data.over")
    visit = codec.from_document(_Visit, found.data)
    if visit.expires_at <= app.clock.now():
        raise Unauthenticated("data.over")
    try:
        current, customer = customers.current(app.store, visit.customer_id)
    except NotFound:
        raise Unauthenticated("data.over") from None
    if customer.sealed is None:
        raise Unauthenticated("data.over")
    return current


def leave(app: App, cookie: str) -> None:
    """End a visit at once."""
    id = email_otp.challenge_id(cookie)
    app.store.transact(lambda tx: tx.delete(CHALLENGES, id))


def _code(reader: Reader, id: str) -> _Code | None:
    found = reader.get(CHALLENGES, id)
    if found is None or found.data.get("kind") != CODE_KIND:
        return None
    return codec.from_document(_Code, found.data)


def _address(app: App, id: str, customer: Customer, token: str) -> str | None:
    """Return that of a customer's addresses which was entered."""
    known = customers.opened(app, id, customer).addresses
    return next((one for one in known if customer_matching.token_of(app, one) == token), None)


def _sent(customer_id: str | None, reason: str | None = None) -> Happened:
    return _happened(Action.DATA_CODE_SENT, customer_id, reason)


def _refused(reason: str, customer_id: str | None = None) -> Happened:
    return _happened(Action.DATA_REFUSED, customer_id, reason)


def _happened(action: Action, customer_id: str | None, reason: str | None) -> Happened:
    outcome: Literal["success", "failure"] = "success" if reason is None else "failure"
    target = None if customer_id is None else Target("customer", customer_id)
    return Happened(action, audit_log.ANONYMOUS, target, outcome=outcome, reason=reason)
