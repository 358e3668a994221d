"""How the adapters of Google's services call: with one deadline, retries inside of it, and one error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError

from shared.errors import Unavailable


def retrying(timeout_seconds: float) -> Retry:
    """Return the retries of a call that may safely happen twice; they end after `timeout_seconds`."""
    return Retry(
        predicate=if_exception_type(
            exceptions.Aborted,
            exceptions.Cancelled,
            exceptions.DeadlineExceeded,
            exceptions.InternalServerError,
            exceptions.ResourceExhausted,
            exceptions.ServiceUnavailable,
            exceptions.Unknown,
        ),
        initial=0.1,
        maximum=2,
        timeout=timeout_seconds,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Raise whatever Google's client raises as Unavailable("bus.unavailable").

    Also a missing topic or right: an operator can mend it, and until then the event must be tried again.
    """
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        raise Unavailable("bus.unavailable") from error
