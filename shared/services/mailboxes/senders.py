"""The addresses that a mailbox may send from, as its server has them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.app import App
from shared.gmail.contract import GmailError
from shared.permissions import Actor, Permission, require_in
from shared.services.mailboxes import mailbox_access, mailbox_sending
from shared.services.reading import message_bodies


@dataclass(frozen=True, slots=True)
class Sender:
    """An address to send from; `default` is the one that the mailbox's owner sends from."""

    address: str
    name: str
    default: bool


@dataclass(frozen=True, slots=True)
class SenderPage:
    """All of a mailbox's senders, the mailbox's own address first; there is never a next page."""

    items: tuple[Sender, ...]
    next: str | None = None


def list_senders(app: App, actor: Actor, mailbox_id: str) -> SenderPage:
    """Return the verified addresses: any other would be replaced by Gmail in silence.

    Raises NotFound("mailbox.not_found"), Forbidden, Conflict("mailbox.needs_reauth"), TooMany, Unavailable.
    """
    require_in(actor, Permission.REPLY_SEND, mailbox_id, "mailbox.not_found")
    own = mailbox_access.known(app, mailbox_id).identity.address
    server = mailbox_sending.server_of(app, mailbox_id)
    if server is not None:
        other = server.sender.lower()
        others = () if other == own else (Sender(other, "", default=False),)
        return SenderPage((Sender(own, "", default=True), *others))
    try:
        found = app.mailboxes(mailbox_id).send_as()
    except GmailError as error:
        raise message_bodies.refusal(app, error) from error
    return SenderPage(
        tuple(Sender(one.address, one.name, one.default) for one in found if one.usable)
    )
