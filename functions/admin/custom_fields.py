"""Routes of `admin`: the fields that the organisation adds to its tickets."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.domain.custom_fields import FieldKind
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.tickets import custom_fields
from shared.services.tickets.custom_fields import FieldChange, FieldList, FieldRow

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class NewField:
    """A field to be made."""

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()


@routes.get("/custom_fields", allow=Permission.SETTINGS_MANAGE)
def list_fields(request: Request) -> FieldList:
    """List all fields that tickets have."""
    return custom_fields.list_fields(request.app)


@routes.post("/custom_fields", allow=Permission.SETTINGS_MANAGE, body=NewField, status=201)
def create_field(request: Request, body: NewField) -> FieldRow:
    """Make a field that every ticket has from then on."""
    id = request.new_id(ids.CUSTOM_FIELD)
    app, actor = request.app, request.actor
    return custom_fields.create(app, actor, id, body.name, body.kind, body.choices)


@routes.patch("/custom_fields/{field_id}", allow=Permission.SETTINGS_MANAGE, body=FieldChange)
def change_field(request: Request, body: FieldChange) -> FieldRow:
    """Change a field: its name, its choices, or whether it takes values."""
    field_id, version = request.path["field_id"], request.expected_version()
    return custom_fields.change(request.app, request.actor, field_id, body, version)
