"""Composition root: one `App` a function, with one lazy property a seam.

Only here is it decided which implementation serves a contract, and an adapter is imported only inside
the property that needs it: a function that never sends mail never loads what sends mail.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from shared import log
from shared.clock import Clock, SystemClock
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.auth.oidc import TokenVerifier
    from shared.blobs.contract import Blobs
    from shared.bus.contract import Bus, DeadLetters
    from shared.gmail.contract import Gmail, OAuth
    from shared.keys.contract import KeyAdministration, Keys
    from shared.keys.envelope import Envelope
    from shared.services.mailboxes.mailbox_access import MailboxAccess
    from shared.services.reading.recent_mail import RecentMail
    from shared.services.restoring.readiness import Readiness
    from shared.services.rules.rule_book import RememberedRules
    from shared.services.tickets.service_terms import RememberedTerms
    from shared.services.webhooks.webhooks import KnownWebhooks
    from shared.smtp.contract import Smtp, SmtpServer
    from shared.store.contract import Store
    from shared.web.contract import Web

AccessToken = Callable[[bool], str]  # True asks for a new one, after the last was refused

MANIFEST = Path(__file__).parent.parent / "functions" / "manifest.json"
LATER_QUEUE = "later"  # the Cloud Tasks queue of events that wait; infra/tasks.tf names it so


class Seams(TypedDict, total=False):
    """What a test or the local desk puts in the place of the built ones."""

    clock: Clock
    store: Store
    keyring: Store
    audit: Store
    witness: Store
    bus: Bus
    dead_letters: DeadLetters
    keys: Keys
    key_administration: KeyAdministration
    key_copies: Blobs
    audit_log: Blobs
    files: Blobs
    smtp: Smtp
    smtp_by: Callable[[Callable[[], SmtpServer | None]], Smtp]
    oauth: OAuth
    push_verifier: TokenVerifier
    gmail: Callable[[AccessToken], Gmail]
    web: Web


class App:
    """The seams of one function. Built once an instance, then used by many threads."""

    def __init__(self, settings: Settings, function: str = "", **seams: Unpack[Seams]) -> None:
        self.settings = settings
        self.function = function
        self.__dict__.update(seams)  # a cached_property yields to what stands in __dict__

    @cached_property
    def clock(self) -> Clock:
        """Tells the time."""
        return SystemClock()

    @cached_property
    def store(self) -> Store:
        """The database of tickets."""
        return self._database(self.settings.database)

    @cached_property
    def keyring(self) -> Store:
        """The database of wrapped data keys: no backups, no history."""
        return self._database(self.settings.keyring_database)

    @cached_property
    def audit(self) -> Store:
        """The database of audit entries, which survives a restore of the others."""
        return self._database(self.settings.audit_database)

    @cached_property
    def witness(self) -> Store:
        """The database of the audit log's witness, out of the reach of who writes and seals the log."""
        return self._database(self.settings.witness_database)

    @cached_property
    def keys(self) -> Keys:
        """Holds the versions of named secrets."""
        from shared.keys.secret_manager import SecretManagerKeys

        return SecretManagerKeys(self._project, self.clock)

    @cached_property
    def key_administration(self) -> KeyAdministration:
        """Changes the versions of secrets; for an operator or an administrator."""
        from shared.keys.secret_manager import SecretManagerAdministration

        return SecretManagerAdministration(self._project)

    @cached_property
    def envelope(self) -> Envelope:
        """Seals and opens what must not be readable in the store."""
        from shared.blobs.at_first_use import BlobsAtFirstUse
        from shared.keys.envelope import Envelope

        return Envelope(
            self.keys, self.keyring, self.clock, BlobsAtFirstUse(lambda: self.key_copies)
        )

    @cached_property
    def key_copies(self) -> Blobs:
        """Holds a copy of each wrapped data key elsewhere; infra/storage.tf names the bucket."""
        return self._bucket("key_copies")

    @cached_property
    def audit_log(self) -> Blobs:
        """Holds copies of the sealed audit log, which nobody can delete before their time."""
        return self._bucket("audit_log")

    @cached_property
    def files(self) -> Blobs:
        """Holds sealed files on their way: attachments being uploaded, exports, imports."""
        return self._bucket("files")

    @cached_property
    def bus(self) -> Bus:
        """Publishes events."""
        from shared.bus.cloud_tasks import CloudTasks
        from shared.bus.pubsub import PubSubBus

        queue = f"projects/{self._project}/locations/{self.settings.location}/queues/{LATER_QUEUE}"
        return PubSubBus(self._project, CloudTasks(queue, self._service_account), self.clock)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """Shows and replays deliveries that were given up; for an operator, no function uses it."""
        from shared.bus.pubsub_dead_letters import PubSubDeadLetters, subscriptions

        return PubSubDeadLetters(self._project, subscriptions(MANIFEST))

    @cached_property
    def push_verifier(self) -> TokenVerifier:
        """Knows the keys with which Pub/Sub signs its pushes."""
        from shared.auth.oidc import GOOGLE_JWKS, JwksUrl, TokenVerifier

        return TokenVerifier(JwksUrl(GOOGLE_JWKS, clock=self.clock))

    @cached_property
    def oauth(self) -> OAuth:
        """Speaks to Google's OAuth."""
        from shared.auth.oidc import JwksUrl, TokenVerifier
        from shared.gmail.oauth import GOOGLE, GoogleOAuth, OAuthEndpoints
        from shared.gmail.transport import Transport

        local = self.settings.local
        endpoints = OAuthEndpoints.at(local.google) if local else GOOGLE
        keys = JwksUrl(endpoints.jwks_url, clock=self.clock)
        return GoogleOAuth(
            client_id=self.settings.oauth_client_id,
            client_secret=self._oauth_client_secret,
            redirect_uri=f"{self.settings.public_url}/api/oauth/callback",
            verifier=TokenVerifier(keys, code="id_token.invalid"),
            transport=Transport(),
            clock=self.clock,
            endpoints=endpoints,
        )

    @cached_property
    def gmail(self) -> Callable[[AccessToken], Gmail]:
        """Gives Gmail with an access token, which is asked for at each call."""
        from shared.gmail.api import GmailApi
        from shared.gmail.transport import Transport

        transport = Transport()
        root = self.settings.local.google if self.settings.local else None
        return lambda access_token: GmailApi(access_token, transport, self.clock, root=root)

    @cached_property
    def smtp(self) -> Smtp:
        """Sends the desk's own mail, by the server that the organisation named."""
        from shared.services.organisation.organisation import smtp_server

        return self.smtp_by(lambda: smtp_server(self))

    @cached_property
    def smtp_by(self) -> Callable[[Callable[[], SmtpServer | None]], Smtp]:
        """Sends mail by a server that is asked for at each mail; a local desk's goes to a folder."""
        if self.settings.local is not None:
            from shared.smtp.folder import FolderSmtp

            folder = FolderSmtp(self.settings.local.home / "system_mail", self.clock)
            return lambda _: folder
        from shared.smtp.client import SmtpClient

        private = self.settings.smtp_private
        return lambda server: SmtpClient(server, private_allowed=private)

    @cached_property
    def web(self) -> Web:
        """Asks web servers of strangers; a local desk's may also stand on this machine."""
        from shared.web.internet import Internet

        return Internet(self.clock, loopback=self.settings.local is not None)

    @cached_property
    def mailboxes(self) -> MailboxAccess:
        """Remembers mailboxes and their access tokens, in memory only."""
        from shared.services.mailboxes.mailbox_access import MailboxAccess

        return MailboxAccess(self)

    @cached_property
    def readiness(self) -> Readiness:
        """Knows whether the database may be served from, in memory for five minutes."""
        from shared.services.restoring.readiness import Readiness

        return Readiness(self)

    @cached_property
    def service_terms(self) -> RememberedTerms:
        """Remembers what mailboxes promise, in memory only."""
        from shared.services.tickets.service_terms import RememberedTerms

        return RememberedTerms(self)

    @cached_property
    def rules(self) -> RememberedRules:
        """Remembers the rules of mailboxes, in memory only."""
        from shared.services.rules.rule_book import RememberedRules

        return RememberedRules(self)

    @cached_property
    def recent_mail(self) -> RecentMail:
        """Remembers for a moment what is being looked at, in memory only."""
        from shared.services.reading.recent_mail import RecentMail

        return RecentMail(self)

    @cached_property
    def webhooks(self) -> KnownWebhooks:
        """Remembers whom to tell of events, in memory only."""
        from shared.services.webhooks.webhooks import KnownWebhooks

        return KnownWebhooks(self)

    def _oauth_client_secret(self) -> str:
        from shared.keys.contract import OAUTH_CLIENT

        return self.keys.primary(OAUTH_CLIENT).value.decode()

    @property
    def _project(self) -> str:
        """The project, for a deployment's seams; a local desk brings its own."""
        if self.settings.local is not None:
            raise RuntimeError("a local desk passes its own seams")
        return self.settings.project

    @property
    def _service_account(self) -> str:
        """The account that this function runs as; infra/modules/function names it so."""
        name = self.function.replace("_", "-")
        return f"fn-{name}@{self._project}.iam.gserviceaccount.com"

    def _bucket(self, name: str) -> Blobs:
        """Return a bucket, which infra/storage.tf names after the project; locally it is a folder."""
        if self.settings.local is not None:
            from shared.blobs.folder import FolderBlobs

            return FolderBlobs(self.settings.local.home / name)
        from shared.blobs.cloud_storage import CloudStorageBlobs

        return CloudStorageBlobs(f"{self._project}-{name.replace('_', '-')}")

    def _database(self, name: str) -> Store:
        from shared.store.firestore import FirestoreStore

        return FirestoreStore(self._project, name)


_factory: Callable[[str], App] | None = None
_apps: dict[str, App] = {}


def install(factory: Callable[[str], App] | None) -> None:
    """Let `factory` build the app of each function from now on; None is production again."""
    global _factory  # noqa: PLW0603 - Cloud Functions calls plain functions, so the app is found here
    _factory = factory
    _apps.clear()


def current(function: str) -> App:
    """Return the app of a function. Raises SettingsError where the environment is incomplete."""
    found = _apps.get(function)
    if found is None:
        found = _apps[function] = (_factory or _deployed)(function)
    return found


def serve_also(function: str, *, by: str) -> None:
    """Let the app of `by`, and so its account, serve another function that it mounts."""
    _apps[function] = current(by)


def _deployed(function: str) -> App:
    settings = Settings.from_environment()
    log.in_project(settings.project)
    return App(settings, function)
