"""The oldest part of the audit log goes after its time, in whole bundles, and the rest proves itself."""

from __future__ import annotations

from pathlib import Path

from shared import ids
from shared.services.audit import pruning
from tests.desk import DeskUnderTest
from tests.functional.test_sealing import head, objects, record, woken
from tests.path.steps import run_out
from tools.verify_audit import main

DAY = 86_400
KEPT = 400


def _pass(desk: DeskUnderTest, days: int) -> None:
    desk.clock.advance(days * DAY)  # type: ignore[attr-defined]


def _exported(desk: DeskUnderTest, tmp_path: Path) -> Path:
    answer = desk.browser("auditor").get("/api/admin/audit/export")
    assert answer.status_code == 200, answer.data
    (tmp_path / "export.zip").write_bytes(answer.data)
    return tmp_path / "export.zip"


def _begun(desk: DeskUnderTest) -> None:
    """Let 600 entries be sealed, and 100 more when the log is old enough to be pruned."""
    record(desk, 600, "old")
    woken(desk)
    _pass(desk, KEPT - 1)
    record(desk, 1, "not yet")
    woken(desk)
    assert head(desk).minimum_index == 0
    _pass(desk, 2)
    record(desk, 100, "new")
    woken(desk)


def test_what_is_too_old_goes_and_the_rest_is_valid(desk: DeskUnderTest, tmp_path: Path) -> None:
    """Two bundles of 256 are gone, the third stays whole; an outsider verifies what is left."""
    _begun(desk)

    assert (head(desk).minimum_index, head(desk).forgotten_index) == (512, 512)
    entries = desk.documents("entries", "audit")
    old = {ids.derived_id(ids.EVENT, "old", str(number)) for number in range(600)}
    assert len(old & set(entries)) == 600 - 512
    assert set(desk.documents("bundles", "audit")) == {"000000000002"}
    assert "tile/entries/000" in objects(desk)  # the copies go by their bucket's own rules
    run_out(desk)
    assert main([str(_exported(desk, tmp_path))]) == 0


def test_a_later_entry_is_still_proved(desk: DeskUnderTest) -> None:
    """Its proof needs the tiles above what is gone, and no leaf of it."""
    _begun(desk)
    run_out(desk)
    kept = next(id for id in desk.documents("entries", "audit"))
    answer = desk.browser("auditor").get(f"/api/admin/audit/entries/{kept}")
    assert answer.status_code == 200, answer.data


def test_a_run_that_died_is_finished_by_the_next(desk: DeskUnderTest) -> None:
    """Hidden but not yet deleted: nothing of it is left afterwards, and no more than that is gone."""
    record(desk, 600, "old")
    woken(desk)
    _pass(desk, KEPT + 1)
    app = desk.app()
    before = head(desk)
    pruning._hide(app, before)
    assert len(desk.documents("entries", "audit")) == 600

    record(desk, 1, "new")
    woken(desk)

    assert (head(desk).minimum_index, head(desk).forgotten_index) == (512, 512)
    assert len(desk.documents("entries", "audit")) == 600 - 512 + 1
