"""The errors of the product: seven kinds, each with a stable code.

    ProductError
    ├── Invalid          400  the caller must change the request
    ├── Unauthenticated  401  sign in first
    ├── Forbidden        403  signed in, but not allowed
    ├── NotFound         404  no such object, or not for this person
    ├── Conflict         409  somebody else was faster
    ├── TooMany          429  wait for `retry_after_seconds`
    └── Unavailable      503  a service that we need does not answer now

A raise names the kind and a code: ``raise NotFound("ticket.not_found")``. The code is also the key of
the translated sentence that a person reads. `params` fill that sentence; they are shown to the caller,
so they never hold a secret or a part of a mail. Anything that is not a ProductError is a bug: HTTP
answers 500 without detail.

What a Pub/Sub delivery does with each kind is decided by the same table (`retried`): a nack is only
for our own store or bus failing or for a lost race; what Gmail refuses for now is published again
with `not_before` by the use case itself, so it never reaches this table.
"""

from __future__ import annotations

from typing import ClassVar


class ProductError(Exception):
    """A foreseen failure with a stable code; see the module's table."""

    status: ClassVar[int]
    title: ClassVar[str]
    retried: ClassVar[bool] = False

    def __init__(
        self,
        code: str,
        *,
        retry_after_seconds: int | None = None,
        **params: str | int | list[str],
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.retry_after_seconds = retry_after_seconds


class Invalid(ProductError):
    """The request itself is wrong; repeating it unchanged cannot succeed."""

    status = 400
    title = "Bad Request"


class Unauthenticated(ProductError):
    """Nobody is signed in, or the session has ended."""

    status = 401
    title = "Unauthorized"


class Forbidden(ProductError):
    """The actor is known and lacks the permission, or the request's origin is foreign."""

    status = 403
    title = "Forbidden"


class NotFound(ProductError):
    """There is no such object for this actor."""

    status = 404
    title = "Not Found"


class Conflict(ProductError):
    """The object changed meanwhile, or exists already."""

    status = 409
    title = "Conflict"
    retried = True


class TooMany(ProductError):
    """A throttle or quota is used up; `retry_after_seconds` says for how long."""

    status = 429
    title = "Too Many Requests"
    retried = True


class Unavailable(ProductError):
    """A service that the work needs does not answer; trying later may succeed."""

    status = 503
    title = "Service Unavailable"
    retried = True


class MethodNotAllowed(Invalid):
    """405: the path exists, with other methods; `allow` lists them (RFC 9110 §15.5.6)."""

    status = 405
    title = "Method Not Allowed"

    def __init__(self, allow: tuple[str, ...]) -> None:
        super().__init__("request.method_not_allowed")
        self.allow = allow


class PreconditionRequired(Invalid):
    """428: a change needs `If-Match` with the version that it was made against (RFC 6585 §3)."""

    status = 428
    title = "Precondition Required"


class TooLarge(Invalid):
    """413: the body is over the limit of this route (RFC 9110 §15.5.14)."""

    status = 413
    title = "Content Too Large"
