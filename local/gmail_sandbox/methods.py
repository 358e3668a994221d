"""The methods of Gmail's API: path, scopes that allow them, and what they cost.

Paths and scopes are those of the gmail.v1 discovery document (a test compares them); units are
those of projects created since 2026-05-01.
"""

import re
from dataclasses import dataclass

AUTH = "https://www.googleapis.com/auth/"
FULL = "https://mail.google.com/"
MODIFY = AUTH + "gmail.modify"
READONLY = AUTH + "gmail.readonly"
METADATA = AUTH + "gmail.metadata"
SEND = AUTH + "gmail.send"
COMPOSE = AUTH + "gmail.compose"
INSERT = AUTH + "gmail.insert"
LABELS = AUTH + "gmail.labels"
SETTINGS = AUTH + "gmail.settings.basic"
SHARING = AUTH + "gmail.settings.sharing"
ADDON_COMPOSE = AUTH + "gmail.addons.current.action.compose"
ADDON_READ = AUTH + "gmail.addons.current.message.readonly"
ADDON_MESSAGE = (
    AUTH + "gmail.addons.current.message.action",
    AUTH + "gmail.addons.current.message.metadata",
    ADDON_READ,
)

_READ = (FULL, METADATA, MODIFY, READONLY)
_WRITE = (FULL, MODIFY)
_DRAFT = (FULL, ADDON_COMPOSE, COMPOSE, MODIFY)
_DRAFT_READ = (FULL, COMPOSE, MODIFY, READONLY)
_LABEL = (FULL, LABELS, MODIFY)
_INSERT = (FULL, INSERT, MODIFY)
_MESSAGE_READ = (FULL, *ADDON_MESSAGE, METADATA, MODIFY, READONLY)
_ATTACHMENT = (FULL, ADDON_MESSAGE[0], ADDON_READ, MODIFY, READONLY)
_SETTINGS_READ = (FULL, MODIFY, READONLY, SETTINGS)


@dataclass(frozen=True, slots=True)
class Method:
    """One API method; `path` is below /gmail/v1/users/{userId}/ with {names} for ids."""

    name: str
    verb: str
    path: str
    scopes: tuple[str, ...]
    units: int = 5
    parameters: tuple[str, ...] = ()


_LISTING = ("includeSpamTrash", "labelIds", "maxResults", "pageToken", "q")
_HISTORY = ("historyTypes", "labelId", "maxResults", "pageToken", "startHistoryId")
_FORMAT = ("format", "metadataHeaders")
_IMPORT = ("deleted", "internalDateSource", "neverMarkSpam", "processForCalendar")

METHODS = (
    Method("getProfile", "GET", "profile", (*_READ, COMPOSE), 1),
    Method("watch", "POST", "watch", _READ, 100),
    Method("stop", "POST", "stop", _READ, 50),
    Method("history.list", "GET", "history", _READ, 2, _HISTORY),
    Method("labels.list", "GET", "labels", (*_READ, LABELS), 1),
    Method("labels.get", "GET", "labels/{id}", (*_READ, LABELS), 1),
    Method("labels.create", "POST", "labels", _LABEL),
    Method("labels.delete", "DELETE", "labels/{id}", _LABEL),
    Method("labels.patch", "PATCH", "labels/{id}", _LABEL),
    Method("labels.update", "PUT", "labels/{id}", _LABEL),
    Method("messages.list", "GET", "messages", _READ, 5, _LISTING),
    Method("messages.get", "GET", "messages/{id}", _MESSAGE_READ, 20, _FORMAT),
    Method(
        "messages.attachments.get", "GET", "messages/{messageId}/attachments/{id}", _ATTACHMENT, 20
    ),
    Method("messages.send", "POST", "messages/send", (*_DRAFT, SEND), 100),
    Method("messages.insert", "POST", "messages", _INSERT, 25, _IMPORT[:2]),
    Method("messages.import", "POST", "messages/import", _INSERT, 25, _IMPORT),
    Method("messages.modify", "POST", "messages/{id}/modify", _WRITE),
    Method("messages.trash", "POST", "messages/{id}/trash", _WRITE),
    Method("messages.untrash", "POST", "messages/{id}/untrash", _WRITE),
    Method("messages.delete", "DELETE", "messages/{id}", (FULL,), 10),
    Method("messages.batchModify", "POST", "messages/batchModify", _WRITE, 50),
    Method("messages.batchDelete", "POST", "messages/batchDelete", (FULL,), 50),
    Method("threads.list", "GET", "threads", _READ, 10, _LISTING),
    Method(
        "threads.get",
        "GET",
        "threads/{id}",
        (FULL, *ADDON_MESSAGE, METADATA, MODIFY, READONLY),
        40,
        _FORMAT,
    ),
    Method("threads.modify", "POST", "threads/{id}/modify", _WRITE, 10),
    Method("threads.trash", "POST", "threads/{id}/trash", _WRITE, 10),
    Method("threads.untrash", "POST", "threads/{id}/untrash", _WRITE, 10),
    Method("threads.delete", "DELETE", "threads/{id}", (FULL,), 20),
    Method("drafts.list", "GET", "drafts", _DRAFT_READ, 5, (*_LISTING[:1], *_LISTING[2:])),
    Method("drafts.get", "GET", "drafts/{id}", _DRAFT_READ, 20, _FORMAT[:1]),
    Method("drafts.create", "POST", "drafts", _DRAFT, 10),
    Method("drafts.update", "PUT", "drafts/{id}", _DRAFT, 15),
    Method("drafts.delete", "DELETE", "drafts/{id}", _DRAFT, 10),
    Method("drafts.send", "POST", "drafts/send", _DRAFT, 100),
    Method("settings.sendAs.list", "GET", "settings/sendAs", _SETTINGS_READ, 1),
    Method("settings.sendAs.get", "GET", "settings/sendAs/{sendAsEmail}", _SETTINGS_READ, 1),
    Method("settings.sendAs.create", "POST", "settings/sendAs", (SHARING,), 100),
    Method(
        "settings.sendAs.update",
        "PUT",
        "settings/sendAs/{sendAsEmail}",
        (SETTINGS, SHARING),
        100,
    ),
    Method(
        "settings.sendAs.patch",
        "PATCH",
        "settings/sendAs/{sendAsEmail}",
        (SETTINGS, SHARING),
        100,
    ),
    Method("settings.sendAs.delete", "DELETE", "settings/sendAs/{sendAsEmail}", (SHARING,)),
    Method("settings.getVacation", "GET", "settings/vacation", _SETTINGS_READ, 1),
    Method("settings.updateVacation", "PUT", "settings/vacation", (SETTINGS,)),
    Method("settings.filters.list", "GET", "settings/filters", _SETTINGS_READ, 1),
    Method("settings.filters.create", "POST", "settings/filters", (SETTINGS,)),
)

# The pieces of a resumable upload: charged when the upload begins, and no method of their own.
RESUMED = (Method("messages.send.resume", "PUT", "messages/send", (*_DRAFT, SEND), 0),)

# Query parameters that every method of every Google API takes.
STANDARD_PARAMETERS = frozenset(
    (
        "alt",
        "fields",
        "key",
        "prettyPrint",
        "quotaUser",
        "uploadType",
        "upload_id",
        "upload_protocol",
        "$.xgafv",
    )
)
_PREFIX = re.compile(r"^(/upload|/resumable/upload)?/gmail/v1/users/([^/]+)/(.+)$")
_PATTERNS = [
    (method, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", method.path) + "$"))
    # Literal paths first: messages/send is no message id.
    for method in sorted((*METHODS, *RESUMED), key=lambda method: method.path.count("{"))
]
UPLOADING = frozenset(
    (
        "drafts.create",
        "drafts.send",
        "drafts.update",
        "messages.import",
        "messages.insert",
        "messages.send",
    )
)


def find_method(verb: str, path: str) -> tuple[Method, str, dict[str, str]] | None:
    """Return the method of a request with its userId and path ids, None where Gmail has none."""
    prefixed = _PREFIX.match(path)
    if prefixed is None:
        return None
    upload, user, rest = prefixed.groups()
    for method, pattern in _PATTERNS:
        match = pattern.match(rest)
        if match is None or method.verb != verb:
            continue
        if method in RESUMED if not upload else method.name not in UPLOADING | {RESUMED[0].name}:
            continue
        return method, user, match.groupdict()
    return None
