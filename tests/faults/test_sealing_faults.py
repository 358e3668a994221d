"""Sealing and witnessing under every fault: the log ends whole, sealed, copied and seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared import ids
from shared.domain.events import AUDIT_RECORDED, TICK_SEAL
from tests.desk import DeskUnderTest, desk_in
from tests.faults.rig import Rig, check_every_fault
from tests.functional.test_sealing import ENTRY


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
