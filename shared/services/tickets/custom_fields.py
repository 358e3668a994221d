"""The fields that an organisation adds to its tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.custom_fields import (
    COLLECTION,
    MAX_CHOICES,
    MAX_FIELDS,
    CustomField,
    FieldKind,
    Value,
    checked_value,
)
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.store.contract import AlreadyExists, Query, Reader, Transaction

MAX_NAME: Final = 60
MAX_CHOICE: Final = 100


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field that tickets have."""

    id: str
    name: str
    kind: FieldKind
    choices: tuple[str, ...]
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class FieldList:
    """All fields."""

    items: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What to change of a field; what is left out stays. Its kind is for good: values depend on it."""

    name: str | None = None
    choices: tuple[str, ...] | None = None
    active: bool | None = None


def list_fields(app: App) -> FieldList:
    """Return all fields."""
    page = app.store.query(Query(COLLECTION, limit=MAX_FIELDS))
    return FieldList(
        tuple(_row(d.id, codec.from_document(CustomField, d.data)) for d in page.documents)
    )


def create(
    app: App, actor: Actor, id: str, name: str, kind: FieldKind, choices: Sequence[str]
) -> FieldRow:
    """Make a field; asked again with the same id, return it as it is.

    Raises Invalid("custom_field.name_invalid"), Invalid("custom_field.choices_invalid"),
    Conflict("custom_field.too_many").
    """
    field = CustomField(
        _checked_name(name), kind, _checked_choices(kind, choices), changed_by=actor.user_id
    )

    def work(tx: Transaction, box: Outbox) -> CustomField:
        if len(tx.query(Query(COLLECTION, limit=MAX_FIELDS)).documents) == MAX_FIELDS:
            raise Conflict("custom_field.too_many", most=MAX_FIELDS)
        made = _recorded(app, box, actor, Action.CUSTOM_FIELD_CREATED, id, None, field)
        tx.create(COLLECTION, id, codec.to_document(made))
        return made

    try:
        return _row(id, outbox.commit(app, work))
    except AlreadyExists:
        return _row(id, _load(app.store, id))


def change(app: App, actor: Actor, id: str, wanted: FieldChange, version: int) -> FieldRow:
    """Change a field; a value that tickets hold stays, also where its choice went away.

    Raises NotFound("custom_field.not_found"), Conflict("custom_field.changed_meanwhile"), and Invalid as
    `create` does.
    """
    name = None if wanted.name is None else _checked_name(wanted.name)

    def work(tx: Transaction, box: Outbox) -> CustomField:
        before = _load(tx, id)
        if before.version != version:
            raise Conflict(
                "custom_field.changed_meanwhile",
                version=before.version,
                changed_by=before.changed_by or "",
            )
        choices = before.choices if wanted.choices is None else wanted.choices
        after = replace(
            before,
            name=before.name if name is None else name,
            choices=_checked_choices(before.kind, choices),
            active=before.active if wanted.active is None else wanted.active,
        )
        if after == before:
            return before
        made = replace(after, version=before.version + 1, changed_by=actor.user_id)
        made = _recorded(app, box, actor, Action.CUSTOM_FIELD_CHANGED, id, before, made)
        tx.put(COLLECTION, id, codec.to_document(made))
        return made

    return _row(id, outbox.commit(app, work))


def checked(app: App, values: Mapping[str, object]) -> Mapping[str, Value | None]:
    """Return values by field as a ticket stores them; None takes a value away.

    Raises NotFound("custom_field.not_found") for a field that is none or takes no more values, and
    Invalid("custom_field.value_invalid").
    """
    if len(values) > MAX_FIELDS or not all(ids.is_id(ids.CUSTOM_FIELD, id) for id in values):
        raise NotFound("custom_field.not_found")
    found = app.store.get_all([(COLLECTION, id) for id in values])
    read: dict[str, Value | None] = {}
    for (id, value), document in zip(values.items(), found, strict=True):
        if document is None:
            raise NotFound("custom_field.not_found")
        if value is None:
            read[id] = None
            continue
        field = codec.from_document(CustomField, document.data)
        if not field.active:
            raise NotFound("custom_field.not_found")
        try:
            read[id] = checked_value(field, value)
        except ValueError:
            raise Invalid("custom_field.value_invalid", field=id, kind=field.kind.value) from None
    return read


def _load(reader: Reader, id: str) -> CustomField:
    found = reader.get(COLLECTION, id) if ids.is_id(ids.CUSTOM_FIELD, id) else None
    if found is None:
        raise NotFound("custom_field.not_found")
    return codec.from_document(CustomField, found.data)


def _checked_name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid("custom_field.name_invalid", max_characters=MAX_NAME)
    return name


def _checked_choices(kind: FieldKind, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the choices in their order, each once; only a field of choices has any, and it has some."""
    choices = tuple(dict.fromkeys(text.strip() for text in texts))
    fits = all(1 <= len(choice) <= MAX_CHOICE and choice.isprintable() for choice in choices)
    wanted = 1 <= len(choices) <= MAX_CHOICES if kind is FieldKind.CHOICE else not choices
    if not fits or not wanted:
        raise Invalid("custom_field.choices_invalid", most=MAX_CHOICES, max_characters=MAX_CHOICE)
    return choices


def _recorded(
    app: App,
    box: Outbox,
    actor: Actor,
    action: Action,
    id: str,
    before: CustomField | None,
    after: CustomField,
) -> CustomField:
    """Record the change; names and choices are the organisation's own texts and are not kept."""
    changes = []
    if before is None:
        changes.append({"field": "kind", "before": None, "after": after.kind.value})
    elif before.active is not after.active:
        changes.append(
            {"field": "active", "before": str(before.active), "after": str(after.active)}
        )
    happened = Happened(
        action, audit_log.person(actor), Target("custom_field", id), changes=tuple(changes)
    )
    return replace(after, last_audit_id=audit_log.record(app, box, happened))


def _row(id: str, field: CustomField) -> FieldRow:
    return FieldRow(id, field.name, field.kind, field.choices, field.active, field.version)
