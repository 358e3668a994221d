"""Sealing and witnessing under every fault: the log ends whole, sealed, copied and seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared import ids
from shared.domain.events import AUDIT_RECORDED, TICK_SEAL
from tests.desk import DeskUnderTest, desk_in
from tests.faults.faulty import WAYS, Rule
from tests.faults.rig import Rig, check_every_fault
from tests.functional.test_sealing import ENTRY, head, record, woken


def _recorded(desk: DeskUnderTest, count: int) -> None:
    for number in range(count):
        id = ids.derived_id(ids.EVENT, "fault", str(number))
        desk.queue.publish(AUDIT_RECORDED, {"id": id, "entry": ENTRY | {"id": id}})


def _begun(desk: DeskUnderTest) -> None:
    """Let some entries come, and the hour strike."""
    _recorded(desk, 3)
    desk.queue.publish(TICK_SEAL, {})


@pytest.mark.parametrize(
    "function", [pytest.param("seal_audit", marks=pytest.mark.slow), "witness"]
)
def test_every_fault_ends_with_one_whole_log(function: str, tmp_path: Path) -> None:
    """Each call of each seam struck in each way: the tree is one, and nothing is left unsealed."""
    with desk_in(tmp_path / "home") as desk:
        _recorded(desk, 2)
        rig = Rig(desk, function, lambda: _begun(desk))
        expected, calls = rig.undisturbed()
        assert expected["sealed"] == {
            "left": 0,
            "one tree": True,
            "each once": True,
            "told": True,
            "witnessed": True,
            "held": False,
        }

        runs = check_every_fault(rig, expected, calls)

        assert runs == 4 * len(calls)


@pytest.mark.slow
def test_every_fault_of_pruning_leaves_what_is_kept_whole(tmp_path: Path) -> None:
    """Whichever call is struck, the same bundles are gone in the end, and nothing above them."""
    with desk_in(tmp_path / "home") as desk:
        record(desk, 300, "old")
        woken(desk)
        desk.clock.advance(401 * 86_400)  # type: ignore[attr-defined]
        rig = Rig(desk, "seal_audit", lambda: desk.queue.publish(TICK_SEAL, {}))
        _, calls = rig.undisturbed()
        expected = _left(desk)
        assert expected["minimum_index"] == expected["forgotten_index"] == 256
        assert expected["old"] == 300 - 256
        for at, name in enumerate(calls, 1):
            for when, how in WAYS:
                rule = Rule("seal_audit", at, when, how)
                rig.run(rule)
                assert rule.struck == name
                assert _left(desk) == expected, f"{how} {when} call {at}, {name}"


def _left(desk: DeskUnderTest) -> dict[str, object]:
    """Return what is left of the log: how much of the old, and from where on it is shown."""
    entries = desk.documents("entries", "audit")
    old = {ids.derived_id(ids.EVENT, "old", str(number)) for number in range(300)}
    now = head(desk)
    return {
        "minimum_index": now.minimum_index,
        "forgotten_index": now.forgotten_index,
        "old": len(old & set(entries)),
        "bundles": sorted(desk.documents("bundles", "audit")),
        "all told": now.told_size == now.size,
    }
