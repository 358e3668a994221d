"""`make doctor` on a local desk: of one that works nothing, of each planted fault its name and remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.app import App
from shared.domain.mailboxes import COLLECTION, SYNC
from shared.domain.people import USERS
from shared.errors import Unavailable
from shared.keys.contract import Key
from shared.services import outbox
from shared.smtp.folder import FolderSmtp
from shared.store.contract import Query
from shared.store.indexes import Indexes
from tests.desk import SUPPORT, DeskUnderTest
from tools import doctor
from tools.doctor.finding import Finding
from tools.doctor.outside import Page

GOOD = Page(200, {"content-security-policy": "default-src 'none'"})


@dataclass
class Beside:
    """What is outside of a desk under test, as it should be until a test says otherwise."""

    desk: DeskUnderTest
    ahead: timedelta = timedelta(0)
    pages: dict[str, Page] = field(default_factory=dict)
    may_publish: frozenset[str] | None = None

    def google_time(self) -> datetime:
        """Return the desk's own time, or another."""
        return self.desk.clock.now() - self.ahead

    def page(self, path: str) -> Page:
        """Return a page as it should be, or another."""
        return self.pages.get(path, GOOD)

    def publishers(self) -> frozenset[str] | None:
        """Return who may publish."""
        return self.may_publish


@pytest.fixture
def connected(desk: DeskUnderTest) -> DeskUnderTest:
    """Give a desk with one mailbox."""
    desk.connect(SUPPORT)
    desk.settle()
    return desk


def found(desk: DeskUnderTest, beside: Beside | None = None, **seams: Any) -> list[Finding]:
    """Return what is wrong with a desk, some of whose seams are replaced."""
    app = _operator(desk)
    app.__dict__.update(seams)
    return [one for one in doctor.examine(app, beside or Beside(desk)) if one.wrong]


def _operator(desk: DeskUnderTest) -> App:
    app = desk.desk.operator()
    app.__dict__["dead_letters"] = desk.queue  # the counting bus beside it has no letters
    return app


def test_a_desk_that_works_is_left_in_peace(connected: DeskUnderTest) -> None:
    """Every check passes, and nothing was changed by asking."""
    before = connected.counts.writes

    assert found(connected) == []
    assert connected.counts.writes == before


class _Secrets:
    def __init__(self, desk: DeskUnderTest, name: str, value: bytes | None) -> None:
        self._inner, self._name, self._value = desk.desk.keys, name, value

    def primary(self, name: str) -> Key:
        """Return another value of one secret, or none."""
        if name != self._name:
            return self._inner.primary(name)
        if self._value is None:
            raise Unavailable("keys.unavailable")
        return Key(f"{name}/1", self._value)

    def by_id(self, key_id: str) -> Key:
        """Return a version."""
        return self._inner.by_id(key_id)


class _Down:
    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object, **__: object) -> Any:
            raise Unavailable("store.unavailable")

        return fail


class _NoMail(FolderSmtp):
    def check(self) -> None:
        """Refuse, as a server that does not know us."""
        raise Unavailable("smtp.unavailable")


def _mailbox(desk: DeskUnderTest, collection: str = COLLECTION, **changes: object) -> None:
    app = desk.desk.operator()
    (document,) = app.store.query(Query(collection)).documents
    app.store.transact(lambda tx: tx.update(collection, document.id, changes))


def _secret(name: str, value: bytes | None) -> Callable[[DeskUnderTest, Beside], dict[str, Any]]:
    return lambda desk, _: {"keys": _Secrets(desk, name, value)}


def _no_index(desk: DeskUnderTest, beside: Beside) -> dict[str, Any]:
    del beside
    store = desk.files["(default)"]
    kept = [one for one in store._indexes.composites if one.collection != "notifications"]
    store._indexes = Indexes(kept, store._indexes.fields)
    return {}


def _no_administrator(desk: DeskUnderTest, beside: Beside) -> dict[str, Any]:
    del beside
    app = desk.desk.operator()
    (one,) = [
        one
        for one in app.store.query(Query(USERS)).documents
        if one.data["role"] == "administrator"
    ]
    app.store.transact(lambda tx: tx.update(USERS, one.id, {"disabled": True}))
    return {}


def _stuck(desk: DeskUnderTest, beside: Beside) -> dict[str, Any]:
    del beside
    app = desk.desk.operator()
    due = desk.clock.now() - timedelta(hours=1)
    row = {"topic": "audit-recorded", "event": {}, "due_at": due}
    app.store.transact(lambda tx: tx.create(outbox.COLLECTION, "e_stuck", row))
    return {}


def _scopes(desk: DeskUnderTest, beside: Beside) -> dict[str, Any]:
    del beside
    inner = desk.desk.operator().oauth

    class Fewer:
        def refresh(self, token: str) -> Any:
            """Return a token that may not send."""
            from dataclasses import replace

            tokens = inner.refresh(token)
            kept = frozenset(one for one in tokens.scopes if "gmail.send" not in one)
            return replace(tokens, scopes=kept)

    return {"oauth": Fewer()}


def _changed(collection: str = COLLECTION, **changes: object) -> Callable[..., dict[str, Any]]:
    def plant(desk: DeskUnderTest, beside: Beside) -> dict[str, Any]:
        del beside
        now = desk.clock.now()
        _mailbox(
            desk,
            collection,
            **{k: now + v if isinstance(v, timedelta) else v for k, v in changes.items()},
        )
        return {}

    return plant


def _outside(**changes: Any) -> Callable[..., dict[str, Any]]:
    def plant(desk: DeskUnderTest, beside: Beside) -> dict[str, Any]:
        del desk
        for name, value in changes.items():
            setattr(beside, name, value)
        return {}

    return plant


FAULTS: dict[str, tuple[Callable[..., dict[str, Any]], str, str]] = {
    "clock": (_outside(ahead=timedelta(minutes=5)), "clock", "300 s ahead"),
    "no secret": (_secret("token-key", None), "secret token-key", "cannot be read"),
    "short secret": (_secret("index-key", b"short"), "secret index-key", "has 5 bytes"),
    "database": (lambda *_: {"audit": _Down()}, "database audit", "does not answer"),
    "witness": (lambda *_: {"witness": _Down()}, "database witness", "does not answer"),
    "index": (_no_index, "indexes", "notifications ("),
    "topic": (_outside(may_publish=frozenset()), "topic", "may not publish"),
    "page": (_outside(pages={"/desk/": Page(404, {})}), "address", "/desk/: answers 404"),
    "administrator": (_no_administrator, "administrators", "there is none"),
    "outbox": (_stuck, "outbox", "1 events"),
    "grant": (_changed(state="needs_reauth"), "mailbox", "connected again"),
    "scopes": (_scopes, "mailbox", "lacks the scopes gmail.send"),
    "watch": (_changed(watch_expires_at=timedelta(hours=20)), "mailbox", "within two days"),
    "no watch": (_changed(watch_expires_at=timedelta(hours=-1)), "mailbox", "does not watch it"),
    "push": (
        _changed(SYNC, missed_at=timedelta(hours=-1), pushed_at=None),
        "mailbox",
        "no push told of",
    ),
    "cursor": (
        _changed(SYNC, dirty=True, cursor_at=timedelta(hours=-2)),
        "mailbox",
        "half an hour",
    ),
}


@pytest.mark.parametrize("planted", FAULTS)
def test_a_planted_fault_is_named(planted: str, connected: DeskUnderTest) -> None:
    """The one thing that is wrong is named, with what to do, and nothing else is."""
    plant, what, says = FAULTS[planted]
    beside = Beside(connected)

    wrong = found(connected, beside, **plant(connected, beside))

    assert wrong, planted
    for finding in wrong:
        assert finding.what.startswith(what)
        assert finding.do
    assert any(says in str(one) for one in wrong)


def test_a_mail_server_that_refuses_is_named(connected: DeskUnderTest, tmp_path: Path) -> None:
    """No code and no invitation would arrive."""
    (finding,) = found(connected, smtp=_NoMail(tmp_path, connected.clock))

    assert finding.what == "mail server"
    assert "smtp.unavailable" in finding.says


def test_what_cannot_be_checked_ends_no_other_check(connected: DeskUnderTest) -> None:
    """A store that is down is named, and the secrets, the clock and the address are checked all the same."""
    wrong = found(connected, store=_Down())

    assert {"database (default)", "indexes", "administrators", "outbox"} <= {
        one.what for one in wrong
    }
    assert not [one for one in wrong if one.what.startswith(("secret", "clock", "address"))]


def test_settings_that_are_missing_are_each_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a deployment's settings nothing else is asked; what is needed was said before."""
    monkeypatch.delenv("CMO_PROJECT", raising=False)

    assert doctor.main() == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("needs: a network")
    assert any("CMO_PROJECT is missing" in line for line in lines)


def test_no_secret_and_no_address_is_printed(
    connected: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its output may go into a ticket: mailboxes are named by id, secrets by name."""
    app = _operator(connected)

    assert doctor.main(app, Beside(connected)) == 0

    printed = capsys.readouterr().out
    assert "@" not in printed
    assert "0 to be mended" in printed
