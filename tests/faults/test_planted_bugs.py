"""The fault table catches what it is for: three bugs that other products had, planted here one by one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from shared.app import App
from shared.domain.events import MailboxChanged, MessageReceived
from shared.entry import subscriber
from shared.gmail.contract import Down, NeedsReauth, OAuth, Tokens
from shared.services.receiving import history_sync, incoming_mail, sync_leases
from shared.store.contract import Data
from tests.desk import desk_in
from tests.faults.rig import first_difference
from tests.faults.test_every_fault import new_ticket, push


def test_acknowledging_before_writing_is_caught(tmp_path: Path) -> None:
    """An answer that does not wait for the work loses the message whose writing fails."""

    @subscriber(MessageReceived)
    def create_ticket(app: App, event: MessageReceived) -> None:
        with suppress(Exception):
            incoming_mail.take_in(app, event)

    with desk_in(tmp_path / "home") as desk:
        rig = new_ticket(desk)
        expected, calls = rig.undisturbed()

        planted = rig.planted(doors={"create_ticket": create_ticket})
        undisturbed, _ = planted.undisturbed()

        assert undisturbed == expected
        assert first_difference(planted, expected, calls).startswith(
            "error before call 2, store get messages"  # the first asks whether the desk is open
        )


def test_moving_the_cursor_before_the_publishes_is_caught(tmp_path: Path) -> None:
    """A cursor that is committed first passes over the page whose publishing fails."""

    class CursorFirst(history_sync._Run):
        def _publish(self, gmail_ids: Iterable[str]) -> None:
            self._held = list(gmail_ids)

        def _commit(self, changes: Data, *, last: bool = False) -> Any:
            committed = super()._commit(changes, last=last)
            super()._publish(self._held)
            return committed

    @subscriber(MailboxChanged)
    def gmail_push(app: App, event: MailboxChanged) -> None:
        lease = sync_leases.take(app, event)
        if isinstance(lease, sync_leases.Lease):
            CursorFirst(app, lease).work()

    with desk_in(tmp_path / "home") as desk:
        rig = push(desk)
        expected, _ = rig.undisturbed()

        planted = rig.planted(doors={"gmail_push": gmail_push})
        undisturbed, calls = planted.undisturbed()

        assert undisturbed == expected
        published = calls.index("bus message-received") + 1
        assert first_difference(planted, expected, calls[:published]) != ""


def test_taking_a_failing_refresh_for_a_revoked_grant_is_caught(tmp_path: Path) -> None:
    """A 5xx of the token endpoint says nothing about the grant: the mailbox stays connected."""

    class Hasty:
        def __init__(self, inner: OAuth) -> None:
            self._inner = inner

        def refresh(self, refresh_token: str) -> Tokens:
            try:
                return self._inner.refresh(refresh_token)
            except Down as error:
                raise NeedsReauth("invalid_grant") from error

    def hasty(app: App) -> App:
        vars(app)["oauth"] = Hasty(app.oauth)
        return app

    with desk_in(tmp_path / "home") as desk:
        rig = new_ticket(desk)
        expected, calls = rig.undisturbed()

        planted = rig.planted(seams=hasty)
        undisturbed, _ = planted.undisturbed()

        assert undisturbed == expected
        assert "oauth refresh" in first_difference(planted, expected, calls)
