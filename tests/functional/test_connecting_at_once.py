"""The same Google account, connected from two windows at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from shared.app import AccessToken
from shared.gmail.contract import Gmail, Profile, Watch
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.functional.consent import result

WAIT_SECONDS: Final = 20


def test_two_first_consents_at_once_are_one_mailbox(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """Both find that the account is new; one connects it, the other is told so, and mail comes in once."""
    _MeetBeforeStoring(desk)
    windows = [administrator, administrator.twin()]

    with ThreadPoolExecutor(2) as pool:
        landed = list(pool.map(lambda window: window.consent(desk.sandbox, SUPPORT), windows))

    assert sorted(list(result(one)) for one in landed) == [["connect_error"], ["connected"]]
    assert {"connect_error": "oauth.connected_meanwhile"} in [result(one) for one in landed]
    assert len(desk.documents("mailboxes")) == len(desk.documents("sync")) == 1
    desk.deliver(mail())
    assert len(desk.documents("tickets")) == 1


class _MeetBeforeStoring:
    """Gmail that answers who it is only when both consents have asked: then neither is stored yet."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self._both = threading.Barrier(2, timeout=WAIT_SECONDS)
        app = desk.desk.app("oauth")
        self._gmail = app.gmail
        vars(app)["gmail"] = self._begin

    def _begin(self, token: AccessToken) -> _Met:
        return _Met(self._gmail(token), self._both)


class _Met:
    def __init__(self, inner: Gmail, both: threading.Barrier) -> None:
        self._inner = inner
        self._both = both

    def profile(self) -> Profile:
        self._both.wait()
        return self._inner.profile()

    def watch(self, topic: str) -> Watch:
        return self._inner.watch(topic)
