"""A legal hold that is set while an erasure is at work keeps all that stood when it was set."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.app import App
from shared.domain.erasures import ErasureKind, erasure_id
from shared.services.privacy import erasing
from shared.store.contract import Store
from tests.desk import DeskUnderTest, desk_in, mail
from tests.rewinding import moment, new_instances, take_back

SEALED = ("messages", "bodies", "notes", "tickets", "customers", "customer_notes", "replies")


class Meddled:
    """A store before whose transactions something is done."""

    def __init__(self, inner: Store, before: Callable[[], None]) -> None:
        self._inner = inner
        self._before = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def transact(self, work: Any) -> Any:
        """Let somebody else be a little faster."""
        self._before()
        return self._inner.transact(work)


def stands(desk: DeskUnderTest) -> dict[str, Any]:
    """Return what is sealed, and under whose keys."""
    found: dict[str, Any] = {
        f"{collection}/{id}": document["sealed"]
        for collection in SEALED
        for id, document in desk.documents(collection).items()
    }
    return found | {"keys": sorted(desk.documents("keys", "keyring"))}


@pytest.mark.parametrize("kind", ["ticket", "customer", "mailbox"])
def test_whenever_a_hold_is_set_nothing_goes_after_it(tmp_path: Path, kind: str) -> None:
    """Between a step's reading and its transaction; where nothing is left of them, the erasure ends."""
    with desk_in(tmp_path / "home") as desk:
        own = desk.connect()
        desk.deliver(mail("Evidence", message_id="<1@x.example.net>"))
        [ticket] = desk.tickets()
        agent, administrator = desk.browser("agent"), desk.browser("administrator")
        path, about = f"/api/tickets/{ticket['id']}", ticket["customer_id"]
        for where, body in (
            (f"{path}/notes", {"text": "Seen"}),
            (f"{path}/replies", {"text": "A draft"}),
            (f"/api/tickets/customers/{about}/notes", {"text": "Of them"}),
        ):
            assert agent.send("POST", where, body).status_code == 201
        desk.settle()
        target = {"ticket": ticket["id"], "customer": about, "mailbox": own}[kind]
        hold = {"kind": kind, "target": target, "reason": "Case 12 C 345/26"}
        before, ends = moment(desk), set()

        for at in count(1):
            take_back(desk, before, sealing=False)
            erasing.request(desk.app(), ErasureKind.CUSTOMER, about, "act_somebody")
            left, seen = [at], list[tuple[bool, dict[str, Any]]]()

            def meddle(left: list[int] = left, seen: list[Any] = seen) -> None:
                left[0] -= 1
                if left[0] != 0:
                    return
                theirs = desk.documents("customers")[about]["sealed"] is not None
                if kind == "ticket":
                    theirs = desk.documents("tickets")[ticket["id"]]["customer_id"] == about
                answer = administrator.send("POST", "/api/admin/legal_holds", hold)
                assert answer.status_code == 201 or not theirs, answer.data
                seen.append((theirs, stands(desk)))

            def wrap(app: App, meddle: Callable[[], None] = meddle) -> App:
                if app.function == "erase":
                    vars(app)["store"] = Meddled(app.store, meddle)
                return app

            new_instances(desk, before, wrap)
            desk.settle()
            new_instances(desk, before)
            if not seen:
                break
            [(theirs, stood)] = seen
            state = desk.documents("erasures")[erasure_id(ErasureKind.CUSTOMER, about)]["state"]
            assert state == ("held" if theirs else "done"), at
            if theirs:
                assert stands(desk) == stood, at
            ends.add(state)

        assert at > 20
        assert ends == {"held", "done"}
