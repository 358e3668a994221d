"""Routes of `admin`: erasing a customer or somebody who works here, how far that is, and the receipts."""

from __future__ import annotations

from shared.domain.erasures import ErasureKind
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.privacy import erasing, erasures, privacy_requests
from shared.services.privacy.erasures import ErasurePage, ErasureView

routes = Routes("functions.admin")

_MANAGE = Permission.PRIVACY_MANAGE


@routes.get("/privacy/erasures", allow=_MANAGE, query=PageQuery)
def list_erasures(request: Request, query: PageQuery) -> ErasurePage:
    """List erasures of customers and of people who work here, the newest first, with their receipts."""
    return erasures.list_erasures(request.app, query.limit, query.cursor)


@routes.post("/privacy/customers/{subject_id}/erase", allow=_MANAGE, status=202)
def erase_customer(request: Request) -> ErasureView:
    """Erase what is held on a customer; it goes on by itself."""
    app, actor = request.app, request.actor
    return erasures.view(privacy_requests.erase_customer(app, actor, request.path["subject_id"]))


@routes.get("/privacy/customers/{subject_id}/erasure", allow=_MANAGE)
def read_customers_erasure(request: Request) -> ErasureView:
    """Return how far the erasure of a customer is, and its receipt."""
    return erasures.read(request.app, ErasureKind.CUSTOMER, request.path["subject_id"])


@routes.post("/privacy/people/{subject_id}/erase", allow=_MANAGE, status=202)
def erase_person(request: Request) -> ErasureView:
    """Erase the account of somebody who works here; what they wrote stays, without their name."""
    app, actor = request.app, request.actor
    return erasures.view(erasing.erase_person(app, actor, request.path["subject_id"]))


@routes.get("/privacy/people/{subject_id}/erasure", allow=_MANAGE)
def read_persons_erasure(request: Request) -> ErasureView:
    """Return how far the erasure of somebody who worked here is, and its receipt."""
    return erasures.read(request.app, ErasureKind.PERSON, request.path["subject_id"])
