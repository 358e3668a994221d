"""The doors of a function: `Routes` for HTTP and `subscriber` for Pub/Sub.

A door establishes who asks, what is asked, and answers every error in one shape; it decides nothing else.

    routes = Routes(__name__)

    @routes.get("/{ticket_id}", allow=Permission.TICKET_READ)
    def read_ticket(request: Request) -> TicketView: ...

    tickets = routes.function()

`allow=` is required: an unguarded route cannot be written by forgetting (a public one says
``allow=ANYONE``). Whether the person may do it to this object is asked by the service, with the same
policy function.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from shared import answers, codec, log
from shared.app import App, current
from shared.auth import credentials
from shared.auth.oidc import verify_push
from shared.bus import envelope
from shared.errors import Invalid, MethodNotAllowed, NotFound, ProductError, Unauthenticated
from shared.permissions import ANYONE, Actor, Anyone, Permission, require, without_glass
from shared.request import Request, read_body, read_bytes, read_form, read_query
from shared.route import FileBody, Handler, Parts, Route, in_order
from shared.services import audit_log

if TYPE_CHECKING:
    import flask

E = TypeVar("E")

MAX_BODY_BYTES: Final = 1_048_576
_TRACE = re.compile(r"([0-9a-f]{32})(?:/|$)")


class Routes:
    """The routes of one HTTP function, served at /api/<name>; `parts` as of shared/route.py."""

    def __init__(self, module: str, parts: Mapping[str, Sequence[str]] | None = None) -> None:
        self.name = module.rsplit(".", 1)[-1]
        self._own: list[Route] = []
        self._parts = None if parts is None else Parts(module, parts)

    @property
    def routes(self) -> list[Route]:
        """All routes, those of every part among them, in the order in which they are tried."""
        return in_order(self._own if self._parts is None else self._parts.all())

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Register a handler of GET (and HEAD); see `_add` for the options."""
        return self._add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Register a handler of POST."""
        return self._add("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Register a handler of PATCH."""
        return self._add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Register a handler of DELETE."""
        return self._add("DELETE", path, **options)

    def function(self) -> Callable[[flask.Request], flask.Response]:
        """Return the entry point: a plain function of this name, as the Functions Framework wants it."""

        def serve(raw: flask.Request) -> flask.Response:
            return self._serve(raw)

        self._own = in_order(self._own)
        serve.__name__ = serve.__qualname__ = self.name
        serve.routes = self  # type: ignore[attr-defined]  # openapi and the tests look here
        return serve

    def _add(
        self,
        method: str,
        path: str,
        *,
        allow: Permission | Anyone,
        status: int = 200,
        body: type | None = None,
        form: type | None = None,
        query: type | None = None,
        query_of_others: bool = False,
        max_body_bytes: int = MAX_BODY_BYTES,
        half_signed_in: bool = False,
        file_body: FileBody | None = None,
        versioned: bool | None = None,
        page: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register a route; its handler gets the request, then what `body` or `form` and `query` declare.

        `form`: the body is what a plain HTML form sends.
        `query_of_others`: the query is written by somebody else's protocol, which may add parameters; a
        page's always is, for whoever passes a link on adds some.
        `file_body`: the body is a file, which the handler reads in pieces.
        `half_signed_in`: also for a session in which a factor is still missing; only `session` has such.
        `versioned`: the handler asks for If-Match; every PATCH does, and a DELETE that says so.
        `page`: the handler answers HTML for people, also where it refuses.
        """

        def register(handler: Handler) -> Handler:
            self._own.append(
                Route(
                    method,
                    path,
                    allow,
                    handler,
                    status=status,
                    body=body,
                    form=form,
                    query=query,
                    query_of_others=query_of_others,
                    max_body_bytes=max_body_bytes,
                    half_signed_in=half_signed_in,
                    file_body=file_body,
                    versioned=method == "PATCH" if versioned is None else versioned,
                    page=page,
                )
            )
            return handler

        return register

    def _serve(self, raw: flask.Request) -> flask.Response:
        request_id = _begin(raw)
        app = current(self.name)
        started = app.clock.monotonic()
        actor: Actor | None = None
        place = self.name
        try:
            route, values = self._find(raw)
            place = f"{self.name}:{route.method}:{route.path.replace('{', '(').replace('}', ')')}"
            credentials.require_own_page(app, raw)
            if _asks_for_what_is_stored(raw, values):
                app.readiness.require()
            actor = _admitted(credentials.who(app, raw), route)
            if actor is not None and route.method != "GET":
                actor = without_glass(actor)  # break-glass reads, and changes nothing
            if isinstance(route.allow, Permission):
                require(credentials.signed_in(actor, raw), route.allow)
            arguments: list[Any] = [Request(app, raw, request_id, values, actor)]
            if route.body is not None:
                arguments.append(read_body(raw, route.body, route.max_body_bytes))
            if route.form is not None:
                arguments.append(read_form(raw, route.form, route.max_body_bytes))
            kind: type = route.query or _NoParameters
            query: Any = read_query(raw, kind, of_others=route.query_of_others or route.page)
            if route.query is not None:
                arguments.append(query)
            answered = route.handler(*arguments)
            if actor is not None and actor.glass is not None and actor.glass.read:
                _record_glass(app, actor, place, values)
            answer = answers.success(answered, route.status)
        except ProductError as error:
            if actor is not None and error.code == "permission.missing":
                audit_log.record_refusal(app, actor, str(error.params["permission"]), place)
            answer = answers.problem(error, request_id)
        except Exception as error:  # noqa: BLE001 - the last door: a bug is answered without detail
            log.failure("request.failed", error, place=place, request_id=request_id)
            answer = answers.bug(request_id)
        _served(place, answer.status_code, app.clock.monotonic() - started, request_id)
        return answer

    def _find(self, raw: flask.Request) -> tuple[Route, dict[str, str]]:
        path = raw.path.removeprefix(f"/api/{self.name}") or "/"
        method = "GET" if raw.method == "HEAD" else raw.method
        allowed: set[str] = set()
        for route in self._own if self._parts is None else self._parts.under(path):
            values = route.match(path)
            if values is None:
                continue
            if route.method == method:
                return route, values
            allowed |= {route.method, "HEAD"} if route.method == "GET" else {route.method}
        if allowed:
            raise MethodNotAllowed(tuple(sorted(allowed)))
        raise NotFound("request.no_such_path")


def subscriber(
    kind: type[E], *, also_before_ready: bool = False
) -> Callable[[Callable[[App, E], None]], Callable[..., Any]]:
    """Make a Pub/Sub function of `work(app, event)`; its name is the function's.

    The push's token is verified first, then its envelope is read. What `work` raises decides the answer:
    nothing, or an error that repeating cannot mend (recorded), acknowledges with 204; an error of our own
    store or bus, or a bug, is answered with its status, and Pub/Sub delivers again. Anything that Pub/Sub
    could send for ever without our being able to read it is acknowledged and recorded too.
    """

    def decorate(work: Callable[[App, E], None]) -> Callable[[flask.Request], flask.Response]:
        name = work.__name__

        def serve(raw: flask.Request) -> flask.Response:
            request_id = _begin(raw)
            app = current(name)
            started = app.clock.monotonic()
            try:
                if raw.method != "POST":
                    raise MethodNotAllowed(("POST",))
                verify_push(
                    app.push_verifier,
                    raw.headers.get("Authorization"),
                    app.settings.audience_of(name),
                    app.settings.push_service_account,
                )
                if not also_before_ready:
                    app.readiness.require()
            except ProductError as error:
                answer = answers.problem(error, request_id)
            else:
                answer = _deliver(app, name, kind, work, raw, request_id)
            _served(name, answer.status_code, app.clock.monotonic() - started, request_id)
            return answer

        serve.__name__ = serve.__qualname__ = name
        serve.__doc__ = work.__doc__
        return serve

    return decorate


def _deliver(
    app: App,
    name: str,
    kind: type[E],
    work: Callable[[App, E], None],
    raw: flask.Request,
    request_id: str,
) -> flask.Response:
    try:
        event = envelope.read(read_bytes(raw, envelope.MAX_BODY_BYTES)).event
        work(app, _event(kind, event))
    except ProductError as error:
        if error.retried:
            log.event("WARNING", "event.to_be_repeated", function=name, code=error.code)
            return answers.problem(error, request_id)
        log.event("WARNING", "event.refused", function=name, code=error.code)
    except Exception as error:  # noqa: BLE001 - a bug is delivered again, then kept as a dead letter
        log.failure("event.failed", error, function=name, request_id=request_id)
        return answers.bug(request_id)
    return answers.acknowledged()


def _event(kind: type[E], event: Mapping[str, Any]) -> E:
    read = getattr(kind, "from_event", None)
    if read is None:
        return codec.decode(kind, event)
    try:
        result: E = read(event)
    except ValueError as error:
        raise Invalid("push.malformed") from error
    return result


@dataclass(frozen=True, slots=True)
class _NoParameters:
    """The query of a route that declares none: any parameter is refused."""


def _record_glass(app: App, actor: Actor, place: str, values: Mapping[str, str]) -> None:
    """Record what was read by break-glass, before it is answered. Raises Unavailable."""
    from shared.services.reading import reading_record  # noqa: PLC0415 - few requests read so

    reading_record.record_glass(app, actor, place, values.get("ticket_id"))


def _begin(raw: flask.Request) -> str:
    """Set the trace of this request's log lines, and return a new request id."""
    found = _TRACE.match(raw.headers.get("X-Cloud-Trace-Context", ""))
    log.trace.set(found.group(1) if found else "")
    return secrets.token_hex(8)


def _served(place: str, status: int, seconds: float, request_id: str) -> None:
    log.event(
        "INFO",
        "request.served",
        place=place,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        request_id=request_id,
    )


def _asks_for_what_is_stored(raw: flask.Request, values: Mapping[str, str]) -> bool:
    """Say whether a request can reach the database: a fixed page that nobody in particular reads cannot."""
    by_somebody = raw.cookies or "Authorization" in raw.headers
    changes = raw.method not in ("GET", "HEAD")
    return bool(by_somebody or changes or values or raw.query_string)


def _admitted(actor: Actor | None, route: Route) -> Actor | None:
    """Return the actor; one who is half signed in is nobody, but to the routes made for that.

    A program with a token is nobody to those: they sign people in, and prove their factors.
    """
    if actor is not None and actor.by_token and route.half_signed_in and route.allow is ANYONE:
        return None
    if actor is None or not actor.needs or route.half_signed_in:
        return actor
    if isinstance(route.allow, Permission):
        raise Unauthenticated("session.incomplete")
    return None
