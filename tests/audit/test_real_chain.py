"""The verifier over the real log: mail comes in, is recorded, sealed, and exported by the desk's own door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.audit.sealed_log import tiles
from tests.audit.tampering import places
from tests.desk import DeskUnderTest, mail
from tests.stopped_clock import StoppedClock
from tools.audit_verifier.checkpoints import Trust
from tools.audit_verifier.export_files import Files, read_entries, tiles_of
from tools.audit_verifier.signed_notes import SIGNED, Key
from tools.verify_audit import main, verify


@pytest.fixture
def export(desk: DeskUnderTest, tmp_path: Path) -> Path:
    """Let three hours of work happen, each sealed, and download the log."""
    assert isinstance(desk.clock, StoppedClock)
    desk.connect()
    for number in range(3):
        desk.deliver(mail(f"Question {number}"))
        desk.clock.advance(3600)
        for _ in range(4):
            desk.tick("seal_audit")
            desk.settle()
            desk.clock.advance(90)
    auditor = desk.browser("auditor")
    answer = auditor.get("/api/admin/audit/export")
    assert answer.status_code == 200, answer.data
    (tmp_path / "export.zip").write_bytes(answer.data)
    return tmp_path / "export.zip"


def test_what_the_desk_exports_is_valid(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two implementations that share no code agree on every entry, tile, checkpoint and hour."""
    status = main([str(export), "--json"])

    report = json.loads(capsys.readouterr().out)
    assert (status, report["problems"]) == (0, [])
    assert report["entries"] >= 8
    assert report["checkpoints"] >= 2


def test_who_may_write_everything_but_has_no_key_is_found(export: Path) -> None:
    """The database and all its tiles are rewritten, consistently: the signed checkpoints tell."""
    files = dict(Files(export))
    keys = [Key.parse(line) for line in files["keys"].decode().splitlines()]
    trust = Trust(tuple(key for key in keys if key.type == SIGNED))
    [bundle] = tiles_of(files, -1)
    entries, _ = read_entries(files, bundle)
    tried = 0
    for index in range(len(entries)):
        forged = list(entries)
        forged[index] = forged[index].replace(b'"outcome":"success"', b'"outcome":"failure"')
        if forged == entries:
            continue
        tried += 1
        kept = {n: raw for n, raw in files.items() if not n.startswith("tile/")}
        problems = places(verify(kept | tiles(forged), trust))
        assert any(kind == "entry" for kind, _ in problems), index
    assert tried
