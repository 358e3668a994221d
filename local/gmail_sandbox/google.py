"""This Google put together: accounts, mail, OAuth, Gmail's API and pushes, without any socket."""

import threading
from collections import Counter

from .accounts import Accounts
from .actions import Actions
from .batch import PATHS as BATCH_PATHS
from .batch import answer_batch
from .clock import SandboxClock
from .config import SandboxConfig
from .database import Database
from .delivery import Delivery
from .exchange import Request, Response, html_error
from .faults import Faults
from .gmail_api import GmailApi
from .history import History
from .mail import Mail
from .notifications import Notifications
from .oauth import OAuth
from .opaque import OpaqueIds
from .push import Push
from .quota import Quota
from .reading import Reading
from .rendering import Rendering
from .send_as import SendAs
from .sending import Sending
from .signing import signing_key
from .watching import Watching


class Calls:
    """Counts calls by method and mailbox; in memory, since they serve one test or one look."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None]] = Counter()
        self._lock = threading.Lock()

    def count(self, method: str, mailbox: str | None) -> None:
        """Count one call."""
        with self._lock:
            self._counts[method, mailbox] += 1

    def report(self, mailbox: str | None = None) -> dict[str, int]:
        """Return the count of each method, of one mailbox or of all."""
        counts: Counter[str] = Counter()
        with self._lock:
            for (method, whose), count in self._counts.items():
                if mailbox in (None, whose):
                    counts[method] += count
        return dict(counts)

    def reset(self) -> None:
        """Count from zero again."""
        with self._lock:
            self._counts.clear()


class Google:
    """The parts, each made once, and the answer to every request but the control API's.

    Raises ValueError for a key that is none and for a file of another version.
    """

    def __init__(self, config: SandboxConfig) -> None:
        key, ids = signing_key(config.push_key), OpaqueIds(config)
        self.config = config
        self.database = Database(config.path)
        self.clock = SandboxClock(self.database, config.clock_start)
        self.accounts = Accounts(self.database, self.clock, config, ids)
        self.notifications = Notifications(self.database, self.clock, config)
        self.push = Push(self.database, self.clock, config, key, self.notifications)
        self.history = History(self.database, self.clock, config, self.notifications.changed)
        self.mail = Mail(self.database, self.clock, config, self.history)
        delivery = Delivery(self.mail, self.accounts, self.clock)
        self.actions = Actions(self.mail, delivery, self.database)
        self.send_as = SendAs(self.database, self.accounts)
        self.sending = Sending(
            self.mail,
            self.accounts,
            self.send_as,
            delivery,
            self.database,
            self.clock,
            config,
            ids,
        )
        self.watching = Watching(
            self.database, self.clock, config, self.history, self.notifications
        )
        self.quota = Quota(self.clock, config)
        self.faults = Faults(self.clock)
        self.calls = Calls()
        self._oauth = OAuth(self.accounts, config, key)
        self._gmail = GmailApi(self.accounts, self.quota)
        rendering = Rendering(self.mail, self.clock, ids)
        Reading(self.mail, self.history, rendering, self.clock, ids).mount(self._gmail)
        self.watching.mount(self._gmail)
        self.send_as.mount(self._gmail)
        self.sending.mount(self._gmail)

    def answer(self, request: Request) -> Response:
        """Answer a request or a batch of them, through a planted fault where one strikes."""
        if request.method == "POST" and request.path in BATCH_PATHS:
            return answer_batch(request, self._answer_one)
        return self._answer_one(request)

    def _answer_one(self, request: Request) -> Response:
        call = self._oauth.operation(request) or self._gmail.operation(request)
        if call is None:
            return html_error(404, "Not Found")
        self.calls.count(call.name, call.mailbox)
        return self.faults.run(call)
