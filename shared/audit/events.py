"""The catalogue of audit events: every action that the log knows, and what it means.

An action is `resource.past_tense`. A test holds docs/audit.md against this list.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What happened."""

    CONTENT_READ = "content.read"
    DEAD_LETTERS_REPLAYED = "dead_letters.replayed"
    FACTOR_ADDED = "factor.added"
    FACTOR_CHALLENGED = "factor.challenged"
    FACTOR_REFUSED = "factor.refused"
    FACTOR_REMOVED = "factor.removed"
    MAILBOX_CONNECTED = "mailbox.connected"
    MAILBOX_CONNECT_REFUSED = "mailbox.connect_refused"
    MAILBOX_NEEDS_REAUTH = "mailbox.needs_reauth"
    MESSAGE_JOINED = "message.joined"
    MESSAGE_MUTED = "message.muted"
    PERMISSION_REFUSED = "permission.refused"
    SESSION_BEGUN = "session.begun"
    SESSION_CREATED = "session.created"
    SESSION_ENDED = "session.ended"
    SESSION_REFUSED = "session.refused"
    SESSION_STEPPED_UP = "session.stepped_up"
    SMTP_CHANGED = "smtp.changed"
    TICKET_CREATED = "ticket.created"
    TICKET_STATE_CHANGED = "ticket.state_changed"


MEANING: dict[Action, str] = {
    Action.CONTENT_READ: "A person opened the content of a ticket's mail (once in ten minutes a session)",
    Action.DEAD_LETTERS_REPLAYED: "An operator had deliveries that were given up made again",
    Action.FACTOR_ADDED: "A person enrolled a factor, or replaced the recovery codes",
    Action.FACTOR_CHALLENGED: "A code was asked for by e-mail",
    Action.FACTOR_REFUSED: "A factor was not proved; the reason says why",
    Action.FACTOR_REMOVED: "A person removed a factor",
    Action.MAILBOX_CONNECTED: "A Gmail mailbox was connected, or connected again",
    Action.MAILBOX_CONNECT_REFUSED: "Connecting a mailbox was refused; the reason says why",
    Action.MAILBOX_NEEDS_REAUTH: "Google refused a mailbox's grant; it waits to be connected again",
    Action.MESSAGE_JOINED: "A message joined a ticket",
    Action.MESSAGE_MUTED: "A bounce or automatic message joined a ticket and was muted",
    Action.PERMISSION_REFUSED: "A signed-in person asked for what their role does not allow",
    Action.SESSION_BEGUN: "A password was right, and a second factor is asked for",
    Action.SESSION_CREATED: "A person signed in",
    Action.SESSION_ENDED: "A person signed out",
    Action.SESSION_REFUSED: "A sign-in failed",
    Action.SESSION_STEPPED_UP: "A signed-in person proved a factor again, for a sensitive operation",
    Action.SMTP_CHANGED: "Another server for the desk's own mail was taken over, after it had accepted a mail",
    Action.TICKET_CREATED: "A message opened a ticket",
    Action.TICKET_STATE_CHANGED: "A person changed a ticket's state",
}
