"""Setting a desk up, and back into it: the one-time link that the deployer makes for an administrator.

The link is good for an hour. Its holder enters the server of the desk's own mail, which must accept a
mail to the administrator's own address, and chooses a password; then the link is used up, and they sign
in as always, with the code that this server now carries. So no way around a factor is made, and a mail
server that breaks later locks nobody out for good: the deployer makes another link.
"""

from __future__ import annotations

from typing import Literal

from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import throttle
from shared.auth.visitor import Visitor
from shared.domain.people import USERS
from shared.errors import Conflict
from shared.services import audit_log, outbox
from shared.services.accounts import one_time_links, own_password, people, sign_in
from shared.services.accounts.people import ADMINISTRATOR, NewPerson
from shared.services.organisation import notices, organisation
from shared.services.outbox import Outbox
from shared.smtp.contract import SmtpServer
from shared.store.contract import Filter, Query, Transaction


def issue_link(
    app: App,
    operator: str,
    address: str,
    name: str,
    language: Literal["ar", "en"] = "en",
    *,
    forget_factors: bool = False,
) -> str:
    """Return a new set-up link for the administrator of this address, who is made where there is none.

    An earlier link of theirs is worth nothing from now on. `forget_factors`: using the link removes their
    second factors, for who has lost them. Raises Conflict("user.not_an_administrator") where the address
    is somebody else's, Conflict("user.disabled"), and what `people.create_as` raises.
    """
    who = Who("operator", operator)
    found = _of_address(app, address)
    user_id = found or people.create_as(
        app, who, NewPerson(address, name, ADMINISTRATOR, language=language)
    )
    token = one_time_links.new_token()

    def work(tx: Transaction, box: Outbox) -> None:
        user = people.load(tx, user_id)
        if user.role != ADMINISTRATOR:
            raise Conflict("user.not_an_administrator")
        if user.disabled:
            raise Conflict("user.disabled")
        id = one_time_links.write(
            tx, app, user_id, user, "set_up", token, forget_factors=forget_factors
        )
        tx.update(USERS, user_id, {"link_id": id})
        reason = "forget_factors" if forget_factors else None
        target = Target("user", user.pseudonym)
        happened = Happened(Action.SET_UP_LINK_ISSUED, who, target, reason=reason)
        audit_log.record(app, box, happened)

    outbox.commit(app, work)
    return one_time_links.address(app, "set_up", token)


def enter_smtp(app: App, visitor: Visitor, token: str, server: SmtpServer) -> None:
    """Take over the server of the desk's own mail, for who holds a set-up link.

    Raises NotFound("link.not_found"), TooMany, and what `organisation.set_smtp` raises; then the server
    before stays, and the link is still good.
    """
    slot, found = own_password.find_link(app, visitor, "set_up", token)
    app.store.transact(lambda tx: throttle.give_back(tx, slot))
    user_id, user = found.link.user_id, found.user
    who = Who("user", user.pseudonym, user.role)
    organisation.set_smtp(app, who, server, notices.address(app, user_id, user))


def _of_address(app: App, address: str) -> str | None:
    token = sign_in.address_token(app, address)
    page = app.store.query(Query(USERS, (Filter("address_token", "==", token),), limit=1))
    return next((document.id for document in page.documents), None)
