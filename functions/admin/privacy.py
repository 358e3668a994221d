"""Routes of `admin`: requests of people about their data, exports for a customer, names of staff."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.domain.privacy_requests import RequestKind, RequestState
from shared.entry import Routes
from shared.errors import NotFound
from shared.permissions import Permission
from shared.request import PageQuery, Request, Response
from shared.services import audit_log
from shared.services.privacy import data_exports, privacy_requests, privacy_settings
from shared.services.privacy.data_exports import DataExport, DataExportPage
from shared.services.privacy.privacy_requests import Decision, RequestPage, RequestRow

routes = Routes("functions.admin")

_SMALL = 32_768
_MANAGE = Permission.PRIVACY_MANAGE


@dataclass(frozen=True, slots=True)
class RequestsQuery:
    """Which requests to list."""

    state: RequestState = RequestState.PENDING
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request that came in another way, such as by letter."""

    customer_id: str
    kind: RequestKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a request; `answer` is the reason of one that is refused."""

    decision: Decision
    answer: str = ""


@dataclass(frozen=True, slots=True)
class PrivacySetting:
    """Whether people who ask see the names of staff who had to do with their data, or their roles only."""

    show_staff_names: bool
    version: int


@dataclass(frozen=True, slots=True)
class PrivacySettingChange:
    """The choice to be made."""

    show_staff_names: bool


@routes.get("/privacy/requests", allow=_MANAGE, query=RequestsQuery)
def list_requests(request: Request, query: RequestsQuery) -> RequestPage:
    """List requests of people about their data, those that are due first before the others."""
    return privacy_requests.list_requests(request.app, query.state, query.limit, query.cursor)


@routes.post("/privacy/requests", allow=_MANAGE, body=NewRequest, status=201, max_body_bytes=_SMALL)
def create_request(request: Request, body: NewRequest) -> RequestRow:
    """Write down a request that came in another way; its month begins now."""
    who, id = audit_log.person(request.actor), request.new_id(ids.PRIVACY_REQUEST)
    return privacy_requests.ask(request.app, who, id, body.customer_id, body.kind, body.text)


@routes.patch(
    "/privacy/requests/{request_id}", allow=_MANAGE, body=Settlement, max_body_bytes=_SMALL
)
def settle_request(request: Request, body: Settlement) -> RequestRow:
    """Refuse a request, or do it: an erasure then begins, and goes on by itself."""
    return privacy_requests.settle(
        request.app,
        request.actor,
        request.path["request_id"],
        body.decision,
        body.answer,
        request.expected_version(),
    )


@routes.post("/privacy/customers/{subject_id}/exports", allow=_MANAGE, status=201)
def export_customer(request: Request) -> DataExport:
    """Begin an export of what is held on a customer, to be handed to them."""
    app, actor = request.app, request.actor
    id = request.new_id(ids.JOB)
    customer_id = request.path["subject_id"]
    if not ids.is_id(ids.CUSTOMER, customer_id):
        raise NotFound("customer.not_found")
    return data_exports.create_for(app, actor, id, customer_id)


@routes.get("/privacy/exports", allow=_MANAGE, query=PageQuery)
def list_exports(request: Request, query: PageQuery) -> DataExportPage:
    """List the exports of people's data that one asked for, the newest first."""
    return data_exports.list_exports(request.app, request.actor.user_id, query.limit, query.cursor)


@routes.get("/privacy/exports/{job_id}/file", allow=_MANAGE)
def download_export(request: Request) -> Response:
    """Download an export of a customer's data, as zip."""
    actor = request.actor
    who = audit_log.person(actor)
    content = data_exports.download(request.app, who, actor.user_id, request.path["job_id"])
    return Response(
        content,
        content_type="application/zip",
        headers=(("Content-Disposition", 'attachment; filename="data.zip"'),),
    )


@routes.get("/privacy/settings", allow=_MANAGE)
def read_settings(request: Request) -> PrivacySetting:
    """Return whether people see names of staff."""
    found = privacy_settings.load(request.app.store)
    return PrivacySetting(found.show_staff_names, found.version)


@routes.patch("/privacy/settings", allow=_MANAGE, body=PrivacySettingChange, max_body_bytes=_SMALL)
def change_settings(request: Request, body: PrivacySettingChange) -> PrivacySetting:
    """Choose whether people see names of staff; If-Match "0" for the first time."""
    changed = privacy_settings.change(
        request.app,
        request.actor,
        show_staff_names=body.show_staff_names,
        version=request.expected_version(),
    )
    return PrivacySetting(changed.show_staff_names, changed.version)
