"""The fault table of notifications: whichever call fails, everybody is told once and mailed.

A mail whose sending cannot be known to have failed goes again under the same Message-ID; nothing else is
doubled, and nothing is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from local import system_mail
from shared import codec, ids
from shared.domain import teams
from shared.domain.people import USERS
from shared.domain.teams import Team
from shared.store.contract import Transaction
from tests.desk import DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Rule
from tests.faults.rig import Rig, check_every_fault
from tests.functional.test_notes import user_id
from tests.functional.test_notifications import alter

TEAM: Final = ids.derived_id(ids.TEAM, "printers")


def telling(desk: DeskUnderTest) -> Rig:
    """Give a ticket to a team of three, of whom one wants to be told by mail."""
    _assigning(desk)
    members = tuple(user_id(desk, role) for role in ("agent", "viewer", "administrator"))
    team = codec.to_document(Team("Printers", members))
    chosen = {"told": {"team_assigned": "mail"}}

    def prepare(tx: Transaction) -> None:
        tx.put(teams.COLLECTION, TEAM, team)
        tx.update(USERS, members[0], chosen)

    desk.app().store.transact(prepare)
    [ticket] = desk.tickets()
    desk.settle()
    return Rig(desk, "react", lambda: alter(desk, ticket["id"], "supervisor", team_id=TEAM))


def mailing(desk: DeskUnderTest) -> Rig:
    """Give a ticket to somebody, and let the mail of it go out."""
    return Rig(desk, "send_notice", _assigning(desk))


CASES: Final[dict[Callable[[DeskUnderTest], Rig], list[str]]] = {
    telling: ["none", "none", "sent"],
    mailing: ["sent"],
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_fault_tells_as_none_does(
    case: Callable[[DeskUnderTest], Rig], tmp_path: Path
) -> None:
    """Each call of each seam struck in each way: the same people are told, the same mail is sent."""
    with desk_in(tmp_path / "home") as desk:
        rig = case(desk)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        assert sorted(row[3] for row in expected["told"]) == CASES[case]
        assert runs == 4 * len(calls)
        assert runs > 0


def test_a_mail_goes_twice_only_where_nobody_can_know(tmp_path: Path) -> None:
    """Only a server that took the mail and died on its answer makes a second one, which is told to be it."""
    doubled = []
    with desk_in(tmp_path / "home") as desk:
        rig = mailing(desk)
        _, calls = rig.undisturbed()
        for at in range(1, len(calls) + 1):
            for when, how in WAYS:
                before = _mails(desk)
                rig.run(Rule(rig.function, at, when, how))
                [sent] = (_mails(desk) - before).values()  # under one Message-ID
                if sent > 1:
                    doubled.append((at, when, how))

    taken = calls.index("smtp send") + 1
    assert doubled
    assert min(at for at, _, _ in doubled) == taken
    assert {when for at, when, _ in doubled if at == taken} == {"after"}


def _assigning(desk: DeskUnderTest) -> Callable[[], None]:
    desk.connect()
    desk.deliver(mail(message_id="<1@x.example.net>"))
    [ticket] = desk.tickets()
    desk.settle()
    return lambda: alter(desk, ticket["id"], "supervisor", assignee_id=user_id(desk, "agent"))


def _mails(desk: DeskUnderTest) -> Counter[str]:
    """Count the notices that were sent, by Message-ID."""
    found = system_mail.newest_first(desk.desk.home, "agent@example.com")
    return Counter(str(message["Message-ID"]) for message in found)
