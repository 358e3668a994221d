"""The catalogue of audit events: every action that the log knows, and what it means.

An action is `resource.past_tense`. A test holds docs/audit.md against this list.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What happened."""

    BREAK_GLASS_ASKED = "break_glass.asked"
    BREAK_GLASS_CHANGED = "break_glass.changed"
    BREAK_GLASS_ENDED = "break_glass.ended"
    BREAK_GLASS_OPENED = "break_glass.opened"
    BREAK_GLASS_READ = "break_glass.read"
    CONTENT_READ = "content.read"
    CUSTOM_FIELD_CHANGED = "custom_field.changed"
    CUSTOM_FIELD_CREATED = "custom_field.created"
    CUSTOMER_CHANGED = "customer.changed"
    CUSTOMER_ERASED = "customer.erased"
    CUSTOMER_MERGED = "customer.merged"
    CUSTOMER_NOTED = "customer.noted"
    CUSTOMER_UNMERGED = "customer.unmerged"
    DATA_CODE_SENT = "data.code_sent"
    DATA_EXPORTED = "data.exported"
    DATA_EXPORT_FINISHED = "data.export_finished"
    DATA_EXPORT_REQUESTED = "data.export_requested"
    DATA_OPENED = "data.opened"
    DATA_REFUSED = "data.refused"
    DATA_REQUESTED = "data.requested"
    DATA_REQUEST_DUE = "data.request_due"
    DATA_REQUEST_SETTLED = "data.request_settled"
    DEAD_LETTERS_REPLAYED = "dead_letters.replayed"
    EXPORT_CANCELLED = "export.cancelled"
    EXPORT_DOWNLOADED = "export.downloaded"
    EXPORT_FINISHED = "export.finished"
    EXPORT_REQUESTED = "export.requested"
    FACTOR_ADDED = "factor.added"
    FACTOR_CHALLENGED = "factor.challenged"
    FACTOR_REFUSED = "factor.refused"
    FACTOR_REMOVED = "factor.removed"
    IMPORT_CANCELLED = "import.cancelled"
    IMPORT_FINISHED = "import.finished"
    IMPORT_REQUESTED = "import.requested"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_CREATED = "invitation.created"
    LEGAL_HOLD_LIFTED = "legal_hold.lifted"
    LEGAL_HOLD_SET = "legal_hold.set"
    KEY_DESTROYED = "key.destroyed"
    KEY_DISABLED = "key.disabled"
    KEY_ENABLED = "key.enabled"
    KEY_ROTATED = "key.rotated"
    LINK_REFUSED = "link.refused"
    LOG_EXPORTED = "audit.exported"
    LOG_FORK_REFUSED = "log.fork_refused"
    LOG_HEARTBEAT = "log.heartbeat"
    LOG_READ = "audit.read"
    MAILBOX_CONNECTED = "mailbox.connected"
    MAILBOX_CONNECT_REFUSED = "mailbox.connect_refused"
    MAILBOX_CONTENT_DESTROYED = "mailbox.content_destroyed"
    MAILBOX_DISCONNECTED = "mailbox.disconnected"
    MAILBOX_NEEDS_REAUTH = "mailbox.needs_reauth"
    MAILBOX_PAUSED = "mailbox.paused"
    MAILBOX_RECONCILED = "mailbox.reconciled"
    MAILBOX_RECONCILE_ASKED = "mailbox.reconcile_asked"
    MAILBOX_RESUMED = "mailbox.resumed"
    MAILBOX_SENDING_CHANGED = "mailbox.sending_changed"
    MAILBOX_SETTINGS_CHANGED = "mailbox.settings_changed"
    MESSAGE_JOINED = "message.joined"
    MESSAGE_MOVED = "message.moved"
    MESSAGE_MUTED = "message.muted"
    NOTE_CHANGED = "note.changed"
    NOTE_CREATED = "note.created"
    NOTE_DELETED = "note.deleted"
    NOTIFICATIONS_CHANGED = "notifications.changed"
    NOTIFICATION_MAILED = "notification.mailed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - what happened, no password
    PASSWORD_RESET = "password.reset"  # noqa: S105
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105
    PERMISSION_REFUSED = "permission.refused"
    PRIVACY_SETTINGS_CHANGED = "privacy_settings.changed"
    PROFILE_CHANGED = "profile.changed"
    REPLY_DISCARDED = "reply.discarded"
    REPLY_DRAFTED = "reply.drafted"
    REPLY_FAILED = "reply.failed"
    REPLY_NEEDS_REVIEW = "reply.needs_review"
    REPLY_PUT_OFF = "reply.put_off"
    REPLY_QUEUED = "reply.queued"
    REPLY_SENT = "reply.sent"
    REPLY_SETTLED = "reply.settled"
    REPLY_TAKEN_BACK = "reply.taken_back"
    RETENTION_APPLIED = "retention.applied"
    RETENTION_CHANGED = "retention.changed"
    ROLE_CHANGED = "role.changed"
    ROLE_CREATED = "role.created"
    ROLE_DELETED = "role.deleted"
    SAVED_REPLY_CHANGED = "saved_reply.changed"
    SAVED_REPLY_CREATED = "saved_reply.created"
    SAVED_REPLY_DELETED = "saved_reply.deleted"
    RULES_REORDERED = "rules.reordered"
    RULE_APPLIED = "rule.applied"
    RULE_CHANGED = "rule.changed"
    RULE_CREATED = "rule.created"
    RULE_DELETED = "rule.deleted"
    SESSION_BEGUN = "session.begun"
    SESSION_CREATED = "session.created"
    SESSION_ENDED = "session.ended"
    SESSION_REFUSED = "session.refused"
    SESSION_STEPPED_UP = "session.stepped_up"
    SET_UP_COMPLETED = "set_up.completed"
    SET_UP_LINK_ISSUED = "set_up.link_issued"
    SMTP_CHANGED = "smtp.changed"
    STORE_RESTORED = "store.restored"
    TAG_CHANGED = "tag.changed"
    TEAM_CHANGED = "team.changed"
    TEAM_CREATED = "team.created"
    TICKET_CHANGED = "ticket.changed"
    TICKET_CREATED = "ticket.created"
    TICKET_ERASED = "ticket.erased"
    TICKET_IMPORTED = "ticket.imported"
    TICKET_MERGED = "ticket.merged"
    TICKET_OPENED = "ticket.opened"
    TICKET_SLA_BREACHED = "ticket.sla_breached"
    TICKET_SNOOZE_ENDED = "ticket.snooze_ended"
    TICKET_RATED = "ticket.rated"
    TICKET_RETAGGED = "ticket.retagged"
    TICKET_SPLIT = "ticket.split"
    TICKET_STATE_CHANGED = "ticket.state_changed"
    TICKET_UNMERGED = "ticket.unmerged"
    UPLOAD_CREATED = "upload.created"
    UPLOAD_DELETED = "upload.deleted"
    TOKEN_CREATED = "token.created"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    USER_CREATED = "user.created"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_ERASED = "user.erased"
    USER_FACTORS_REMOVED = "user.factors_removed"
    USER_MAILBOXES_CHANGED = "user.mailboxes_changed"
    USER_ROLE_CHANGED = "user.role_changed"
    USER_SESSIONS_ENDED = "user.sessions_ended"
    VIEW_CHANGED = "view.changed"
    VIEW_CREATED = "view.created"
    VIEW_DELETED = "view.deleted"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_DELETED = "webhook.deleted"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_SECRET_REPLACED = "webhook.secret_replaced"  # noqa: S105 - an event's name
    WEBHOOK_TOLD_AGAIN = "webhook.told_again"
    WEBHOOK_VERIFIED = "webhook.verified"


MEANING: dict[Action, str] = {
    Action.BREAK_GLASS_ASKED: "A person asked to read a mailbox of which they are no member, for a time",
    Action.BREAK_GLASS_CHANGED: "Whether break-glass takes another person's consent was changed",
    Action.BREAK_GLASS_ENDED: "Break-glass was refused, taken back, or ended before its time",
    Action.BREAK_GLASS_OPENED: "A person may read a mailbox for a time; the purpose names the grant",
    Action.BREAK_GLASS_READ: "A person asked for what they see by break-glass only (once in ten minutes)",
    Action.CONTENT_READ: "A person opened the content of a ticket's mail (once in ten minutes a session)",
    Action.CUSTOM_FIELD_CHANGED: "A field that the organisation adds to its tickets was changed",
    Action.CUSTOM_FIELD_CREATED: "The organisation added a field to its tickets",
    Action.CUSTOMER_CHANGED: "A person changed what is known of a customer; the fields are named",
    Action.CUSTOMER_ERASED: "What was held on a customer was erased; the changes name its receipt",
    Action.CUSTOMER_MERGED: "A person made two customers one; the other one is named",
    Action.CUSTOMER_NOTED: "A person wrote a note on a customer",
    Action.CUSTOMER_UNMERGED: "A person undid the merge of two customers; the other one is named",
    Action.DATA_CODE_SENT: "A code was mailed to somebody who wants to see what is held on them",
    Action.DATA_EXPORTED: "What is held on one person was downloaded, by them or for them",
    Action.DATA_EXPORT_FINISHED: "An export of what is held on one person was finished",
    Action.DATA_EXPORT_REQUESTED: "An export of what is held on one person was asked for",
    Action.DATA_OPENED: "Somebody proved that an address is theirs and saw what is held on them",
    Action.DATA_REFUSED: "A code for seeing one's data was not right; the reason says why",
    Action.DATA_REQUESTED: "Somebody asked for their data to be corrected or erased",
    Action.DATA_REQUEST_DUE: "An answer to a request is owed soon, or late; the changes say in how many days",
    Action.DATA_REQUEST_SETTLED: "A request was done or refused; the changes say which",
    Action.DEAD_LETTERS_REPLAYED: "Deliveries that were given up were made again: at the page or by command",
    Action.EXPORT_CANCELLED: "A person cancelled an export; what it had made is deleted",
    Action.EXPORT_DOWNLOADED: "A person downloaded a file of their export",
    Action.EXPORT_FINISHED: "An export was finished",
    Action.EXPORT_REQUESTED: "A person asked for an export of these mailboxes",
    Action.FACTOR_ADDED: "A person enrolled a factor, or replaced the recovery codes",
    Action.FACTOR_CHALLENGED: "A code was asked for by e-mail",
    Action.FACTOR_REFUSED: "A factor was not proved; the reason says why",
    Action.FACTOR_REMOVED: "A person removed a factor",
    Action.IMPORT_CANCELLED: "A person cancelled an import; what it had brought stays",
    Action.IMPORT_FINISHED: "An import was finished, or ended early; the reason says why",
    Action.IMPORT_REQUESTED: "A person asked for an import into a mailbox",
    Action.INVITATION_ACCEPTED: "An invited person chose a password",
    Action.INVITATION_CREATED: "A person was invited, or the mail could not be sent; the reason says why",
    Action.LEGAL_HOLD_LIFTED: "A person lifted a legal hold",
    Action.LEGAL_HOLD_SET: "A person put a ticket, a customer or a mailbox on legal hold",
    Action.KEY_DESTROYED: "An operator destroyed the versions of a key before this one",
    Action.KEY_DISABLED: "An operator disabled the versions of a key before this one; they open nothing",
    Action.KEY_ENABLED: "An operator let a disabled version of a key open again",
    Action.KEY_ROTATED: "An operator let a new version of a key seal; the older ones still open",
    Action.LINK_REFUSED: "A link was opened that is no longer good, or never was",
    Action.LOG_EXPORTED: "A person exported the audit log, or what a search of it found",
    Action.LOG_FORK_REFUSED: "The witness was shown a log that contradicts what it saw; the reason says how",
    Action.LOG_HEARTBEAT: "The hour struck for the sealer of the audit log",
    Action.LOG_READ: "A person searched the audit log; the changes name by what, never for whom",
    Action.MAILBOX_CONNECTED: "A Gmail mailbox was connected, or connected again",
    Action.MAILBOX_CONNECT_REFUSED: "Connecting a mailbox was refused; the reason says why",
    Action.MAILBOX_CONTENT_DESTROYED: "Nothing is left of a disconnected mailbox's mail; the receipt's hash",
    Action.MAILBOX_DISCONNECTED: "A mailbox's key was destroyed; the reason tells of Google's grant",
    Action.MAILBOX_NEEDS_REAUTH: "Google refused a mailbox's grant; it waits to be connected again",
    Action.MAILBOX_PAUSED: "A person paused a mailbox: no mail comes in until somebody resumes it",
    Action.MAILBOX_RECONCILED: "Gmail was compared with what is stored; the changes name the statement",
    Action.MAILBOX_RECONCILE_ASKED: "A person asked for a mailbox to be reconciled now",
    Action.MAILBOX_RESUMED: "A person let a paused mailbox go on",
    Action.MAILBOX_SENDING_CHANGED: "A person named the server that a mailbox sends by, or took it away",
    Action.MAILBOX_SETTINGS_CHANGED: "A person changed how a mailbox is worked in; the changes name what",
    Action.MESSAGE_JOINED: "A message joined a ticket",
    Action.MESSAGE_MOVED: "A person put a message into another ticket; each of the two has such an entry",
    Action.MESSAGE_MUTED: "A bounce or automatic message joined a ticket and was muted",
    Action.NOTE_CHANGED: "A person changed their note on a ticket",
    Action.NOTE_CREATED: "A person, a rule or an import wrote a note on a ticket",
    Action.NOTE_DELETED: "A note on a ticket was deleted; that there was one still shows",
    Action.NOTIFICATIONS_CHANGED: "A person chose of what they are told, and how",
    Action.NOTIFICATION_MAILED: "A person was told by mail, or could not be; the reason says why",
    Action.PASSWORD_CHANGED: "A person changed their password, or could not; the reason says why",
    Action.PASSWORD_RESET: "A person chose a new password by a link that was mailed to them",
    Action.PASSWORD_RESET_ASKED: "A link to a new password was asked for; the reason says why none was sent",
    Action.PERMISSION_REFUSED: "A signed-in person asked for what their role does not allow",
    Action.PRIVACY_SETTINGS_CHANGED: "How people see who had to do with their data was changed",
    Action.PROFILE_CHANGED: "A person changed their own profile",
    Action.REPLY_DISCARDED: "A person threw a reply away that was not sent",
    Action.REPLY_DRAFTED: "A person began a reply",
    Action.REPLY_FAILED: "A reply was not sent; the reason says why",
    Action.REPLY_NEEDS_REVIEW: "A reply was held, or it is not known whether it was sent; a person decides",
    Action.REPLY_PUT_OFF: "A reply could not be sent yet; the reason says why",
    Action.REPLY_QUEUED: "A reply was set on its way",
    Action.REPLY_SENT: "A reply is known to be sent",
    Action.REPLY_SETTLED: "A person decided that a doubtful reply was sent",
    Action.REPLY_TAKEN_BACK: "A person made a draft again of a reply that was not sent",
    Action.RETENTION_APPLIED: "What a mailbox's rules say is too old was erased; the changes count it",
    Action.RETENTION_CHANGED: "A person changed how long a mailbox's content is kept; the changes say how",
    Action.ROLE_CHANGED: "What a role of the organisation's own may do was changed",
    Action.ROLE_CREATED: "The organisation made a role of its own",
    Action.ROLE_DELETED: "A role of the organisation's own was deleted",
    Action.SAVED_REPLY_CHANGED: "A saved reply was changed",
    Action.SAVED_REPLY_CREATED: "A reply was saved, for a mailbox or for oneself",
    Action.SAVED_REPLY_DELETED: "A saved reply was deleted",
    Action.RULES_REORDERED: "A person changed the order in which a mailbox's rules are tried",
    Action.RULE_APPLIED: "A rule was applied to a ticket; the reason names it, the changes say what it did",
    Action.RULE_CHANGED: "A person changed a rule of a mailbox; the changes name what",
    Action.RULE_CREATED: "A person made a rule in a mailbox",
    Action.RULE_DELETED: "A person deleted a rule of a mailbox",
    Action.SESSION_BEGUN: "A password was right, and a second factor is asked for",
    Action.SESSION_CREATED: "A person signed in",
    Action.SESSION_ENDED: "A person signed out",
    Action.SESSION_REFUSED: "A sign-in failed",
    Action.SESSION_STEPPED_UP: "A signed-in person proved a factor again, for a sensitive operation",
    Action.SET_UP_COMPLETED: "An administrator chose a password by a set-up link",
    Action.SET_UP_LINK_ISSUED: "An operator made a set-up link for an administrator",
    Action.SMTP_CHANGED: "Another server for the desk's own mail was taken over: it had accepted a mail",
    Action.STORE_RESTORED: "An operator made a restored database good and opened it, as this epoch",
    Action.TAG_CHANGED: "A person renamed or removed a tag of a mailbox; the changes say which",
    Action.TEAM_CHANGED: "A team was changed; the changes say who joined and left",
    Action.TEAM_CREATED: "A team was made",
    Action.TICKET_CHANGED: "A ticket was changed in another way than its state; the changes say how",
    Action.TICKET_CREATED: "A message opened a ticket",
    Action.TICKET_ERASED: "What a ticket held was erased with the customer whose it was",
    Action.TICKET_IMPORTED: "An import brought a ticket, or notes to one that was there",
    Action.TICKET_MERGED: "A person merged a ticket into another; each of them has such an entry",
    Action.TICKET_OPENED: "A person opened a ticket by hand",
    Action.TICKET_SLA_BREACHED: "A time that was promised to a customer passed; the changes say which",
    Action.TICKET_SNOOZE_ENDED: "A snoozed ticket came back when its time was over",
    Action.TICKET_RATED: "A customer said by their link how they were helped, or changed it",
    Action.TICKET_RETAGGED: "A tag of its mailbox got another name or went, on this ticket too",
    Action.TICKET_SPLIT: "A person made a ticket of some messages of another; each of the two has an entry",
    Action.TICKET_STATE_CHANGED: "A ticket's state was changed",
    Action.TICKET_UNMERGED: "A person took a merge back; each of the two tickets has such an entry",
    Action.UPLOAD_CREATED: "A person uploaded a file to be sent with a reply",
    Action.UPLOAD_DELETED: "A person deleted a file that was uploaded and not sent",
    Action.TOKEN_CREATED: "A person made an API token of some of their permissions",
    Action.TOKEN_REVOKED: "A person revoked one of their API tokens",
    Action.USER_CREATED: "A person was given an account",
    Action.USER_DISABLED: "A person's access was taken away; all their sessions ended",
    Action.USER_ENABLED: "A person was given access again",
    Action.USER_ERASED: "A person's account was erased; the changes name its receipt",
    Action.USER_FACTORS_REMOVED: "An administrator removed the factors of a person who had lost them",
    Action.USER_MAILBOXES_CHANGED: "A person joined or left mailboxes",
    Action.USER_ROLE_CHANGED: "A person was given another role; all their sessions ended",
    Action.USER_SESSIONS_ENDED: "An administrator ended all sessions of a person",
    Action.VIEW_CHANGED: "A saved view was changed: its name, its filters or its place",
    Action.VIEW_CREATED: "A person saved a view, for themselves or for the members of a mailbox",
    Action.VIEW_DELETED: "A saved view was deleted",
    Action.WEBHOOK_CHANGED: "A webhook was changed, paused or resumed",
    Action.WEBHOOK_CREATED: "A webhook was made",
    Action.WEBHOOK_DELETED: "A webhook was deleted",
    Action.WEBHOOK_DISABLED: "A webhook is called no more: its receiver is gone or failed for days",
    Action.WEBHOOK_SECRET_REPLACED: "A webhook was given another secret",
    Action.WEBHOOK_TOLD_AGAIN: "A webhook was to be told of an event once more",
    Action.WEBHOOK_VERIFIED: "The address of a webhook answered with the challenge",
}
