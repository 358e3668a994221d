"""Errors in the form in which Gmail's API answers them.

Forms: developers.google.com/workspace/gmail/api/guides/handle-errors and google.rpc.ErrorInfo.
"""

import datetime as dt
from typing import Any

from .exchange import Response, json_response

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
REALM = 'Bearer realm="https://accounts.google.com/"'


class ApiError(Exception):
    """A refusal by the API: HTTP status, message, the legacy reason and google.rpc details."""

    def __init__(
        self,
        status: int,
        message: str,
        reason: str,
        *,
        status_name: str | None = None,
        detail: str | None = None,
        metadata: dict[str, str] | None = None,
        item_message: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        self.status_name = status_name or STATUS_NAMES.get(status, "UNKNOWN")
        self.detail = detail
        self.metadata = metadata or {}
        self.item_message = item_message or message
        self.headers = headers or {}

    def response(self) -> Response:
        """Return the error as Gmail's JSON."""
        item: dict[str, Any] = {
            "message": self.item_message,
            "domain": "usageLimits"
            if "imit" in self.reason or "quota" in self.reason
            else "global",
            "reason": self.reason,
        }
        if self.status == 401:
            item |= {"location": "Authorization", "locationType": "header"}
        error: dict[str, Any] = {
            "code": self.status,
            "message": self.message,
            "errors": [item],
            "status": self.status_name,
        }
        if self.detail:
            info = {"reason": self.detail, "domain": "googleapis.com", "metadata": self.metadata}
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **info}]
        answer = json_response({"error": error}, self.status)
        return Response(answer.status, answer.body, answer.content_type, self.headers)


def invalid_argument(message: str) -> ApiError:
    """Return 400 for a value that makes no sense."""
    return ApiError(400, message, "invalidArgument")


def not_found() -> ApiError:
    """Return 404 as for a message, thread or history id that is not there."""
    return ApiError(404, "Requested entity was not found.", "notFound")


def unauthenticated() -> ApiError:
    """Return 401 for a missing, unknown, expired or revoked access token."""
    return ApiError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "authError",
        item_message="Invalid Credentials",
        headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
    )


def insufficient_scopes(method: str, scopes: tuple[str, ...]) -> ApiError:
    """Return 403 for a grant that lacks every scope that the method accepts."""
    wanted = " ".join(scopes)
    return ApiError(
        403,
        "Request had insufficient authentication scopes.",
        "insufficientPermissions",
        detail="ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        metadata={"service": "gmail.googleapis.com", "method": method},
        item_message="Insufficient Permission",
        headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{wanted}"'},
    )


def delegation_denied(email: str) -> ApiError:
    """Return 403 for a userId that is not the token's own."""
    return ApiError(403, f"Delegation denied for {email}", "forbidden")


def quota_exceeded(project: str) -> ApiError:
    """Return 429 for a user who spent more than the minute's units."""
    return ApiError(
        429,
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of "
        f"service 'gmail.googleapis.com' for consumer 'project:{project}'.",
        "rateLimitExceeded",
        detail="RATE_LIMIT_EXCEEDED",
        metadata={"service": "gmail.googleapis.com", "quota_unit": "1/min/{project}/{user}"},
    )


def user_rate_limit(retry_at: float) -> ApiError:
    """Return 429 whose message alone carries the time to come back (Unix seconds)."""
    message = f"User-rate limit exceeded.  Retry after {rfc3339(retry_at)}"
    return ApiError(429, message, "rateLimitExceeded")


def not_implemented(method: str) -> ApiError:
    """Return 501 for what Gmail has and this sandbox does not have yet."""
    return ApiError(501, f"The local Gmail sandbox does not implement {method}.", "notImplemented")


def rfc3339(moment: float) -> str:
    """Return Unix seconds as Google writes times: UTC, milliseconds, Z."""
    text = dt.datetime.fromtimestamp(moment, dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
