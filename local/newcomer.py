"""The local desk's page for somebody new: writes mail as a customer, and shows what came back.

`make run` serves it at /local/; nothing deployed has it or links to it. It works without a script. The
control token of the Gmail sandbox stays in this process; a browser gets pages, and posts from these alone.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from local.sandbox_client import SandboxClient, SandboxError
from shared.services.organisation import page_language, public_pages
from shared.services.organisation.page_language import Language
from tools.inspect_mail import inspect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HERE: Final = Path(__file__).parent
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_RATING: Final = re.compile(r"/satisfaction/[A-Za-z0-9_.-]{1,200}")
_LARGEST: Final = 10 * 1024 * 1024
_SHOWN: Final = 20  # mails of a customer
_METHODS: Final = ("GET", "HEAD", "POST")


class _Refused(Exception):
    """The mail is not sent; the argument is the key of what the page says."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """One mail of the customer's mailbox, as the page shows it."""

    id: str
    came: bool
    sender: str
    to: str
    date: str
    subject: str
    text: str
    files: Sequence[str]
    rating: str


class NewcomerPage:
    """The page, over the control of one Gmail sandbox."""

    def __init__(
        self,
        sandbox: SandboxClient,
        organisation: str,
        mailboxes: Sequence[str],
        customers: Mapping[str, str],
    ) -> None:
        """`mailboxes` are the desk's, `customers` names by address; the first is shown first."""
        self._sandbox = sandbox
        self._organisation = organisation
        self._mailboxes = mailboxes
        self._customers = customers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; its Host is checked by the front door."""
        with Request(environ) as request:
            request.max_content_length = request.max_form_memory_size = _LARGEST
            answer = self._answer(request)
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.method not in _METHODS:
            return Response("not here\n", 405, {"Allow": ", ".join(_METHODS)})
        origin = request.headers.get("Origin")
        if origin != f"http://{request.host}" and (origin is not None or request.method == "POST"):
            return Response("only this desk's own page may ask\n", 403)
        if request.path != "/local/":
            return Response("", 308, {"Location": "/local/"})
        language = _language(request)
        if request.method == "POST":
            return self._take(request, language)
        customer = request.args.get("customer", "").strip().lower()
        if not _ADDRESS.fullmatch(customer):
            customer = next(iter(self._customers))
        return self._show(language, customer, sent="sent" in request.args)

    def _take(self, request: Request, language: Language) -> Response:
        try:
            form = request.form.to_dict()
        except RequestEntityTooLarge:
            first = next(iter(self._customers))
            return self._show(language, first, problem="too_large", status=413)
        sender = form.get("from", "").strip().lower()
        try:
            self._send(request, form, sender)
        except _Refused as refused:
            known = sender if _ADDRESS.fullmatch(sender) else next(iter(self._customers))
            return self._show(language, known, problem=str(refused), typed=form, status=400)
        seen = urlencode({"lang": language, "customer": sender, "sent": "1"})
        return Response("", 303, {"Location": f"/local/?{seen}"})

    def _send(self, request: Request, form: Mapping[str, str], sender: str) -> None:
        if not _ADDRESS.fullmatch(sender) or sender in self._mailboxes:
            raise _Refused("address_wrong")
        text = form.get("text", "").replace("\r\n", "\n")
        if not text.strip():
            raise _Refused("empty")
        if answers := form.get("answers"):
            try:
                self._sandbox.call(
                    "act", mailbox=sender, action="ui_reply", gmail_id=answers, text=text
                )
            except SandboxError:
                raise _Refused("gone") from None
            return
        to = form.get("to", "")
        if to not in self._mailboxes:
            raise _Refused("mailbox_unknown")
        name = self._customers.get(sender, "")
        if self._rows(sender) is None:
            self._sandbox.call("add_account", email=sender, name=name or sender.partition("@")[0])
        message = EmailMessage()
        message["From"] = formataddr((name, sender))
        message["To"] = to
        message["Subject"] = " ".join(form.get("subject", "").split())
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
        message.set_content(text)
        file = request.files.get("file")
        if file is not None and file.filename:
            name = " ".join(file.filename.split())
            message.add_attachment(
                file.read(), maintype="application", subtype="octet-stream", filename=name
            )
        raw = base64.b64encode(message.as_bytes()).decode()
        self._sandbox.call("act", mailbox=sender, action="ui_send", raw=raw)

    def _show(
        self,
        language: Language,
        customer: str,
        *,
        sent: bool = False,
        problem: str = "",
        typed: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        style = public_pages.stylesheet()
        kept = {"from": "", "to": "", "subject": "", "text": ""} | dict(typed or {})
        html = _template().render(
            organisation=self._organisation,
            language=language,
            direction=page_language.direction(language),
            other=page_language.other(language),
            words=public_pages.texts("public.json")[language],
            texts=texts()[language],
            style=style,
            customer=customer,
            customers=list(self._customers),
            mailboxes=self._mailboxes,
            mails=self._mails(customer),
            sent=sent,
            problem=problem,
            typed=kept,
        )
        headers = {
            "Content-Security-Policy": public_pages.policy_of(style),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            # With "no-referrer" a browser sends a form with `Origin: null`, and we would refuse our own.
            "Referrer-Policy": "same-origin",
        }
        return Response(html, status, headers, content_type="text/html; charset=utf-8")

    def _mails(self, customer: str) -> list[_Mail]:
        return [self._mail(customer, row) for row in (self._rows(customer) or [])[:_SHOWN]]

    def _mail(self, customer: str, row: Mapping[str, Any]) -> _Mail:
        raw = base64.b64decode(self._sandbox.call("raw", mailbox=customer, gmail_id=row["id"]))
        found = inspect(raw)
        rating = _RATING.search(found["body_text"])
        return _Mail(
            id=row["id"],
            came="SENT" not in row["labelIds"],
            sender=found["sender_name"] or found["sender"],
            to=", ".join(address["address"] for address in found["to"]),
            date=found["date"] or "",
            subject=found["subject"],
            text=found["visible_text"].strip(),
            files=found["attachments"],
            rating=rating[0] if rating else "",
        )

    def _rows(self, customer: str) -> list[dict[str, Any]] | None:
        """Return a customer's mails, newest first; None where there is no such mailbox."""
        try:
            rows: list[dict[str, Any]] = self._sandbox.call("messages", mailbox=customer)
        except SandboxError:
            return None
        return rows


@functools.cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the page, by language."""
    found: Mapping[str, Mapping[str, str]] = json.loads(
        (_HERE / "newcomer.json").read_text("utf-8")
    )
    return found


def _language(request: Request) -> Language:
    for known in get_args(Language):
        if request.args.get("lang") == known:
            return known  # type: ignore[no-any-return]  # of the Literal itself
    return page_language.preferred(request.headers.get("Accept-Language", ""))


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader([_HERE, public_pages.PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("newcomer.html")
