"""Planted faults: what a call answers instead of the truth, before or after it took effect."""

import itertools
import json
import threading
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .clock import SandboxClock
from .errors import ApiError, quota_exceeded, unauthenticated, user_rate_limit
from .exchange import Operation, Response, html_error, json_response

When = Literal["before", "after"]

# 403 by reason; messages as Gmail words them.
FORBIDDEN = {
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "quotaExceeded": "Quota exceeded.",
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "domainPolicy": "The domain administrators have disabled Gmail apps.",
    "accessNotConfigured": "Gmail API has not been used in project before or it is disabled.",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "forbidden": "Forbidden",
}
DETAILS = {
    "accessNotConfigured": "SERVICE_DISABLED",
    "insufficientPermissions": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "rateLimitExceeded": "RATE_LIMIT_EXCEEDED",
}
# Kinds that need the true answer in order to spoil it: they always come after the effect.
SPOILING = frozenset(("truncate", "slow", "empty_page"))
REPLACING = frozenset(
    (
        "status",
        "unauthorized",
        "forbidden",
        "too_many_requests",
        "quota",
        "error",
        "oauth_error",
        "html",
        "hang",
        "reset",
        "close",
    )
)
KINDS = REPLACING | SPOILING


@dataclass(slots=True)
class Fault:
    """A planted fault and how often it was met."""

    id: int
    method: str
    kind: str
    mailbox: str | None
    nth: int
    times: int | None
    when: When
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def meets(self, method: str, mailbox: str | None) -> bool:
        """Count a call that this fault is for; say whether it strikes."""
        if self.method not in ("*", method) or self.mailbox not in (None, mailbox):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.fired >= self.times):
            return False
        self.fired += 1
        return True


class Faults:
    """Faults by method and call; kept in memory, so that a restart has none."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._planted: list[Fault] = []

    def plant(
        self,
        method: str,
        kind: str,
        *,
        mailbox: str | None = None,
        nth: int = 1,
        times: int | None = 1,
        when: When = "before",
        **options: Any,
    ) -> int:
        """Plant a fault as `Sandbox.plant` describes; return its id. ValueError if malformed."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fault; known are {', '.join(sorted(KINDS))}")
        if when not in ("before", "after") or nth < 1 or (times is not None and times < 1):
            raise ValueError("when is before or after; nth and times are at least 1")
        if kind == "empty_page" and method != "history.list":
            raise ValueError("empty_page is for history.list")
        if kind == "forbidden" and options.get("reason", "forbidden") not in FORBIDDEN:
            raise ValueError(f"unknown reason; known are {', '.join(sorted(FORBIDDEN))}")
        with self._lock:
            fault = Fault(next(self._numbers), method, kind, mailbox, nth, times, when, options)
            self._planted.append(fault)
        return fault.id

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._planted.clear()

    def report(self) -> list[dict[str, Any]]:
        """Return each planted fault with the calls it saw and the times it struck."""
        with self._lock:
            return [
                {
                    "id": fault.id,
                    "method": fault.method,
                    "kind": fault.kind,
                    "mailbox": fault.mailbox,
                    "seen": fault.seen,
                    "fired": fault.fired,
                }
                for fault in self._planted
            ]

    def run(self, call: Operation) -> Response:
        """Answer a call, through the first planted fault that strikes."""
        with self._lock:
            # Every fault counts the call, the first that strikes wins.
            struck = [fault for fault in self._planted if fault.meets(call.name, call.mailbox)]
        if not struck:
            return call.run()
        fault = struck[0]
        if fault.kind in SPOILING:
            return self._spoil(fault, call.run(), call)
        if fault.when == "after":
            call.run()
        return self._instead(fault)

    @staticmethod
    def _spoil(fault: Fault, answer: Response, call: Operation) -> Response:
        if fault.kind == "empty_page":
            if answer.status != 200 or call.same_page is None:
                return answer
            head = json.loads(answer.body)["historyId"]
            return json_response({"historyId": head, "nextPageToken": call.same_page()})
        if fault.kind == "slow":
            return replace(answer, wire="slow", seconds=float(fault.options.get("seconds", 1.0)))
        return replace(answer, wire="truncate")

    def _instead(self, fault: Fault) -> Response:
        options = fault.options
        status = int(options.get("status", 503))
        match fault.kind:
            case "unauthorized":
                return unauthenticated().response()
            case "forbidden":
                reason = options.get("reason", "forbidden")
                message = FORBIDDEN[reason]
                return ApiError(403, message, reason, detail=DETAILS.get(reason)).response()
            case "too_many_requests":
                at = self._clock.now() + float(options.get("retry_after", 60.0))
                return user_rate_limit(at).response()
            case "quota":
                return quota_exceeded("sandbox").response()
            case "oauth_error":
                body = {"error": options.get("error", "invalid_grant")}
                body["error_description"] = options.get("description", "Bad Request")
                return json_response(body, int(options.get("status", 400)))
            case "html":
                return html_error(status, "Server Error")
            case "hang":
                return Response(200, wire="hang", seconds=float(options.get("seconds", 3600.0)))
            case "reset":
                return Response(200, wire="reset")
            case "close":
                return Response(200, wire="close")
            case "error":
                reason = options.get("reason", "failedPrecondition")
                message = options.get("message", "Precondition check failed.")
                name = options.get("status_name")
                return ApiError(status, message, reason, status_name=name).response()
            case _:
                message = "The service is currently unavailable." if status == 503 else "Backend"
                return ApiError(status, message, "backendError").response()


def truncated(body: bytes) -> bytes:
    """Return the first half of a body: JSON that ends in the middle."""
    return body[: len(body) // 2]
