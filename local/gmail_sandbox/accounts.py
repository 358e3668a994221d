"""Google accounts and what they granted: consent, authorisation codes, access and refresh tokens.

Rules: developers.google.com/identity/protocols/oauth2 and .../oauth2/web-server.
"""

import hashlib
import sqlite3
from dataclasses import dataclass

from .clock import SandboxClock
from .config import SandboxConfig
from .database import Database
from .opaque import OpaqueIds, seeded

ACCESS_TOKEN_SECONDS = 3599
TESTING_TOKEN_SECONDS = 7 * 86_400
CODE_SECONDS = 600
MAX_REFRESH_TOKENS = 100
GMAIL_SCOPE_WORDS = ("gmail", "mail.google.com")


@dataclass(frozen=True, slots=True)
class Account:
    """A Google account. `hd` is the Workspace domain, None for a consumer account."""

    email: str
    name: str
    hd: str | None
    sub: str
    # False: the account exists, but has no Gmail.
    gmail: bool
    # What an administrator's policy answers to every consent, such as admin_policy_enforced.
    consent_error: str | None


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorisation code stands for."""

    mailbox: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    nonce: str | None
    refresh: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A live access or refresh token."""

    mailbox: str
    scopes: tuple[str, ...]


class Accounts:
    """Accounts, grants and tokens of the one OAuth client. Only digests of tokens are stored."""

    def __init__(
        self, database: Database, clock: SandboxClock, config: SandboxConfig, ids: OpaqueIds
    ) -> None:
        self._database = database
        self._clock = clock
        self._seed = config.seed
        self._testing = config.testing
        self._ids = ids

    def add(self, email: str, name: str, hd: str | None, *, gmail: bool, history_id: int) -> None:
        """Create an account, or rename one that exists: its mail and grants stay."""
        number, first = seeded(self._seed, "sub", email), f"{history_id:020d}"
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO accounts (email, name, hd, sub, gmail, history_id, history_floor)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (email) DO UPDATE SET name = ?, hd = ?, gmail = ?",
                (email, name, hd, f"1{number:020d}", gmail, first, first, name, hd, gmail),
            )

    def all(self) -> list[Account]:
        """Return every account by address."""
        rows = self._database.rows("SELECT * FROM accounts ORDER BY email")
        return [_account(row) for row in rows]

    def get(self, email: str) -> Account | None:
        """Return the account of an address, in any case."""
        row = self._database.row("SELECT * FROM accounts WHERE email = ?", email.lower())
        return None if row is None else _account(row)

    def set_consent_error(self, email: str, error: str | None) -> None:
        """Make every consent of an account end in this OAuth error, None to lift it."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE accounts SET consent_error = ? WHERE email = ?", (error, email)
            )

    def granted(self, email: str) -> tuple[str, ...]:
        """Return the scopes of the account's live grant, empty without one."""
        row = self._database.row("SELECT scopes FROM grants WHERE mailbox = ?", email)
        return () if row is None else tuple(row["scopes"].split())

    def grant(self, email: str, scopes: tuple[str, ...]) -> None:
        """Record a consent, beside what was granted before."""
        merged = dict.fromkeys((*self.granted(email), *scopes))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO grants VALUES (?, ?)", (email, " ".join(merged))
            )

    def issue_code(self, code: Code) -> str:
        """Return a new authorisation code; it lives ten minutes and works once."""
        text = "4/0A" + self._ids.secret("code", self._database.next_number("code"))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _digest(text),
                    code.mailbox,
                    " ".join(code.scopes),
                    code.redirect_uri,
                    code.challenge,
                    code.nonce,
                    code.refresh,
                    self._clock.now() + CODE_SECONDS,
                ),
            )
        return text

    def claim_code(self, text: str) -> Code | None:
        """Return what a code stands for and use it up; None for an unknown, used or old one."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "DELETE FROM codes WHERE digest = ? RETURNING *", (_digest(text),)
            ).fetchone()
        if row is None or row["expires"] < self._clock.now():
            return None
        return Code(
            row["mailbox"],
            tuple(row["scopes"].split()),
            row["redirect_uri"],
            row["challenge"],
            row["nonce"],
            bool(row["refresh"]),
        )

    def issue_access(self, email: str, scopes: tuple[str, ...]) -> str:
        """Return a new access token."""
        return self._issue("access", "ya29.a0", email, scopes)

    def issue_refresh(self, email: str, scopes: tuple[str, ...]) -> str:
        """Return a new refresh token; of more than 100 live ones the oldest dies unannounced."""
        text = self._issue("refresh", "1//0", email, scopes)
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM tokens WHERE mailbox = ? AND kind = 'refresh' AND seq NOT IN ("
                "SELECT seq FROM tokens WHERE mailbox = ? AND kind = 'refresh'"
                " ORDER BY seq DESC LIMIT ?)",
                (email, email, MAX_REFRESH_TOKENS),
            )
        return text

    def token(self, kind: str, text: str | None) -> Token | None:
        """Return what a live token of a kind (access, refresh) stands for."""
        if not text:
            return None
        row = self._database.row(
            "SELECT * FROM tokens WHERE digest = ? AND kind = ?", _digest(text), kind
        )
        if row is None or (row["expires"] is not None and row["expires"] <= self._clock.now()):
            return None
        return Token(row["mailbox"], tuple(row["scopes"].split()))

    def revoke_token(self, text: str) -> str | None:
        """End the whole grant of a live token; return whose it was, None for an unknown token."""
        token = self.token("access", text) or self.token("refresh", text)
        if token is None:
            return None
        self.revoke_grant(token.mailbox)
        return token.mailbox

    def revoke_grant(self, email: str) -> None:
        """Forget a consent with every token and code under it, and its watch."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM grants WHERE mailbox = ?", (email,))
            connection.execute("DELETE FROM tokens WHERE mailbox = ?", (email,))
            connection.execute("DELETE FROM codes WHERE mailbox = ?", (email,))
            connection.execute("DELETE FROM watches WHERE mailbox = ?", (email,))

    def change_password(self, email: str) -> None:
        """End every token that has a Gmail scope; the consent itself stays."""
        with self._database.transaction() as connection:
            for row in connection.execute(
                "SELECT seq, scopes FROM tokens WHERE mailbox = ?", (email,)
            ).fetchall():
                if any(word in row["scopes"] for word in GMAIL_SCOPE_WORDS):
                    connection.execute("DELETE FROM tokens WHERE seq = ?", (row["seq"],))
            connection.execute("DELETE FROM watches WHERE mailbox = ?", (email,))

    def set_scopes(self, email: str, scopes: tuple[str, ...]) -> None:
        """Change what the account's grant and its live tokens allow."""
        text = " ".join(scopes)
        with self._database.transaction() as connection:
            connection.execute("UPDATE grants SET scopes = ? WHERE mailbox = ?", (text, email))
            connection.execute("UPDATE tokens SET scopes = ? WHERE mailbox = ?", (text, email))

    def expire_access_tokens(self, email: str) -> None:
        """End the account's access tokens; its refresh tokens live on."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM tokens WHERE mailbox = ? AND kind = 'access'", (email,))

    def _issue(self, kind: str, prefix: str, email: str, scopes: tuple[str, ...]) -> str:
        number = self._database.next_number("token")
        text = prefix + self._ids.secret(kind, number)
        lifetimes = {"access": ACCESS_TOKEN_SECONDS}
        if self._testing:
            lifetimes["refresh"] = TESTING_TOKEN_SECONDS
        lifetime = lifetimes.get(kind)
        expires = None if lifetime is None else self._clock.now() + lifetime
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)",
                (number, _digest(text), kind, email, " ".join(scopes), expires),
            )
        return text


def _account(row: sqlite3.Row) -> Account:
    return Account(
        row["email"],
        row["name"],
        row["hd"],
        row["sub"],
        bool(row["gmail"]),
        row["consent_error"],
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
