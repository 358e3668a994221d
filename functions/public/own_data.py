"""Routes of `public`: what is held on a customer, for them to see, download, have corrected or erased.

A code that was mailed to their address opens it, for fifteen minutes. Forms and redirects, no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from functions.public import answers
from shared import ids
from shared.auth import browser
from shared.auth.otp import LIFETIME
from shared.domain.privacy_requests import RequestKind
from shared.entry import Routes
from shared.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services import audit_log
from shared.services.organisation.page_language import Language
from shared.services.organisation.public_pages import LanguageQuery
from shared.services.privacy import data_exports, data_page, data_visits, privacy_requests

routes = Routes("functions.public")

_FORM_BYTES: Final = 65_536  # 2,000 characters, each written as up to twelve
_AT: Final = "/data"


@dataclass(frozen=True, slots=True)
class AddressForm:
    """Whose data: the address from which they wrote."""

    email: str


@dataclass(frozen=True, slots=True)
class CodeForm:
    """The code from the mail."""

    code: str


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """What is wrong, and what is right."""

    text: str


@dataclass(frozen=True, slots=True)
class ErasureForm:
    """The tick beside what cannot be undone."""

    sure: Literal["yes"]


@routes.get(_AT, allow=ANYONE, query=LanguageQuery, page=True)
def show_own_data(request: Request, query: LanguageQuery) -> Response:
    """Ask for an address, for the code that was sent to it, or show what is held on a customer."""
    return _shown(request, language=query.lang)


@routes.post(
    f"{_AT}/code", allow=ANYONE, status=303, form=AddressForm, max_body_bytes=_FORM_BYTES, page=True
)
def ask_for_code(request: Request, form: AddressForm) -> Response:
    """Have a code sent, if anything is held under this address; who asks is always answered alike."""
    try:
        cookie = data_visits.ask(
            request.app, request.visitor, form.email, answers.language(request)
        )
    except Invalid:
        return _shown(request, 400, "address_invalid")
    except TooMany as error:
        return _too_many(request, error)
    seconds = int(LIFETIME.total_seconds())
    return _back(browser.cookie(browser.DATA_CODE_COOKIE, cookie, max_age_seconds=seconds))


@routes.post(
    f"{_AT}/open", allow=ANYONE, status=303, form=CodeForm, max_body_bytes=_FORM_BYTES, page=True
)
def open_own_data(request: Request, form: CodeForm) -> Response:
    """Prove the code: what is held is then shown for fifteen minutes."""
    asked = request.cookie(browser.DATA_CODE_COOKIE)
    try:
        cookie = data_visits.open_visit(request.app, asked, form.code)
    except Invalid:
        return _shown(request, 400, "wrong_code")
    seconds = int(data_visits.LASTS.total_seconds())
    return _back(
        browser.cookie(browser.DATA_VISIT_COOKIE, cookie, max_age_seconds=seconds),
        browser.cookie(browser.DATA_CODE_COOKIE, "", max_age_seconds=0),
    )


@routes.post(f"{_AT}/leave", allow=ANYONE, status=303, max_body_bytes=_FORM_BYTES, page=True)
def leave_own_data(request: Request) -> Response:
    """End the visit, or enter another address."""
    data_visits.leave(request.app, request.cookie(browser.DATA_VISIT_COOKIE))
    names = (browser.DATA_VISIT_COOKIE, browser.DATA_CODE_COOKIE)
    return _back(*(browser.cookie(name, "", max_age_seconds=0) for name in names))


@routes.post(f"{_AT}/exports", allow=ANYONE, status=303, max_body_bytes=_FORM_BYTES, page=True)
def export_own_data(request: Request) -> Response:
    """Begin to put what is held into a file; the page shows it when it is done."""
    try:
        who = _subject(request)
        id = ids.random_id(ids.JOB)
        data_exports.create(request.app, audit_log.ANONYMOUS, who, id, who)
    except Unauthenticated:
        return _shown(request, 404, "over")
    except Conflict:
        return _shown(request, 409, "too_many_exports")
    return _back()


@routes.get(f"{_AT}/exports/{{job_id}}/file", allow=ANYONE, page=True)
def download_own_data(request: Request) -> Response:
    """Download the file, as zip."""
    app, job_id = request.app, request.path["job_id"]
    try:
        content = data_exports.download(app, audit_log.ANONYMOUS, _subject(request), job_id)
    except Unauthenticated:
        return _shown(request, 404, "over")
    except (NotFound, Conflict):
        return _shown(request, 404)
    return Response(
        content,
        content_type="application/zip",
        headers=(("Content-Disposition", 'attachment; filename="my-data.zip"'),),
    )


@routes.post(
    f"{_AT}/correction",
    allow=ANYONE,
    status=303,
    form=CorrectionForm,
    max_body_bytes=_FORM_BYTES,
    page=True,
)
def ask_for_correction(request: Request, form: CorrectionForm) -> Response:
    """Ask for something to be corrected; an answer is owed within a month."""
    return _ask(request, RequestKind.CORRECTION, form.text)


@routes.post(
    f"{_AT}/erasure",
    allow=ANYONE,
    status=303,
    form=ErasureForm,
    max_body_bytes=_FORM_BYTES,
    page=True,
)
def ask_for_erasure(request: Request, form: ErasureForm) -> Response:
    """Ask for everything to be erased; an answer is owed within a month."""
    del form
    return _ask(request, RequestKind.ERASURE, "")


def _ask(request: Request, kind: RequestKind, text: str) -> Response:
    app, id = request.app, ids.random_id(ids.PRIVACY_REQUEST)
    try:
        privacy_requests.ask(app, audit_log.ANONYMOUS, id, _subject(request), kind, text)
    except Unauthenticated:
        return _shown(request, 404, "over")
    except Invalid:
        return _shown(request, 400, "text_invalid")
    except Conflict:
        return _shown(request, 409, "pending_already")
    return _back()


def _subject(request: Request) -> str:
    """Return whose visit this is. Raises Unauthenticated("data.over")."""
    return data_visits.subject(request.app, request.cookie(browser.DATA_VISIT_COOKIE))


def _shown(
    request: Request,
    status: int = 200,
    refusal: data_page.Refusal | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    language: Language | None = None,
) -> Response:
    """Return the page as far as this browser has come."""
    app = request.app
    shown: data_page.Held | Literal["address", "code"]
    try:
        shown = data_page.held(app, _subject(request))
    except (Unauthenticated, NotFound):
        asked = request.cookie(browser.DATA_CODE_COOKIE)
        shown = "code" if asked else "address"
        if request.cookie(browser.DATA_VISIT_COOKIE) and refusal is None:
            refusal = "over"
    found = data_page.page(app, answers.language(request, language), shown, refusal)
    return answers.page(found, status, (answers.OWN_FORM, *headers))


def _too_many(request: Request, error: TooMany) -> Response:
    wait = (("Retry-After", str(error.retry_after_seconds)),)
    return _shown(request, 429, "too_many", wait)


def _back(*cookies: tuple[str, str]) -> Response:
    """Return to the page, so that a reload sends nothing twice."""
    return Response(status=303, headers=(("Location", _AT), answers.OWN_FORM, *cookies))
