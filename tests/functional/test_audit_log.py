"""Auditors search the log, see each entry's proof, and take it away to verify it elsewhere."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path

import pytest

from shared.audit import tree
from shared.audit.checkpoint import Checkpoint
from shared.audit.signed_note import Verifier, parse
from tests.desk import DeskBrowser, DeskUnderTest
from tools import verify_audit

LOG = "/api/admin/audit"


@pytest.fixture
def sealed(desk: DeskUnderTest) -> DeskUnderTest:
    """Give a desk whose hour has struck, with everything sealed that has happened so far."""
    desk.browser("administrator")
    desk.tick("seal_audit")
    desk.settle()
    seal(desk)
    return desk


def seal(desk: DeskUnderTest) -> None:
    """Let minutes pass until what has happened is sealed and cosigned."""
    for _ in range(4):
        desk.clock.advance(121)  # type: ignore[attr-defined]
        desk.settle()


def export(browser: DeskBrowser, query: str = "") -> dict[str, bytes]:
    """Download an export; return its files."""
    answer = browser.get(f"{LOG}/export{query}")
    assert answer.status_code == 200, answer.data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_log_is_searched_by_what_was_done_and_by_whom(sealed: DeskUnderTest) -> None:
    """Newest first, page by page; an administrator reads names, an auditor pseudonyms only."""
    auditor = sealed.browser("auditor")
    found = auditor.get(f"{LOG}?action=session.created").json["items"]
    assert {row["action"] for row in found} == {"session.created"}
    assert [row["time"] for row in found] == sorted((r["time"] for r in found), reverse=True)
    assert {row["name"] for row in found} == {None}
    somebody = found[-1]["actor"]
    of_them = auditor.get(f"{LOG}?actor={somebody}&action=session.created").json["items"]
    assert {(row["actor"], row["action"]) for row in of_them} == {(somebody, "session.created")}
    named = sealed.browser("administrator").get(f"{LOG}?actor={somebody}").json["items"]
    assert {row["name"] for row in named} != {None}

    first = auditor.get(f"{LOG}?limit=2").json
    second = auditor.get(f"{LOG}?limit=2&cursor={first['next']}").json
    assert len({row["id"] for row in (*first["items"], *second["items"])}) == 4


def test_times_bound_a_search(sealed: DeskUnderTest) -> None:
    """`since` is in it, `until` is not; what is no time is refused."""
    auditor = sealed.browser("auditor")
    rows = auditor.get(f"{LOG}?limit=100").json["items"]
    middle = rows[len(rows) // 2]["time"]
    later = auditor.get(f"{LOG}?limit=100&since={middle}&until=2030-01-01T00:00:00Z").json["items"]
    assert later
    assert all(row["time"] >= middle for row in later)
    earlier = auditor.get(f"{LOG}?until={middle}").json["items"]
    assert all(row["time"] < middle for row in earlier)
    assert auditor.get(f"{LOG}?since=yesterday").status_code == 400
    assert auditor.get(f"{LOG}?action=nothing.done").status_code == 400


def test_who_looks_is_looked_at(sealed: DeskUnderTest) -> None:
    """A search is in the log, by which conditions, and never for whom."""
    auditor = sealed.browser("auditor")
    auditor.get(f"{LOG}?actor=act_somebody")
    sealed.settle()
    read = [entry for entry in sealed.audit() if entry["action"] == "audit.read"]
    assert [entry["changes"] for entry in read] == [
        [{"field": "by", "before": None, "after": "actor"}]
    ]
    assert "act_somebody" not in json.dumps(read)


def test_an_entry_is_shown_with_a_proof_that_holds(sealed: DeskUnderTest) -> None:
    """The proof leads from the entry's own text to the root that log and witness signed."""
    auditor = sealed.browser("auditor")
    rows = [row for row in auditor.get(f"{LOG}?limit=100").json["items"] if row["sealed"]]
    shown = auditor.get(f"{LOG}/entries/{rows[0]['id']}").json
    keys = [Verifier.from_text(key) for key in auditor.get(f"{LOG}/state").json["keys"]]
    header, index, *hashes = shown["proof"].partition("\n\n")[0].split("\n")
    note = parse(shown["proof"].partition("\n\n")[2].encode())
    head = Checkpoint.from_note(note)
    assert shown["cosigned"]
    assert len(note.signed_by(keys)) == 2
    assert (header, index) == ("c2sp.org/tlog-proof@v1", f"index {shown['index']}")
    proof = [base64.b64decode(one) for one in hashes]
    leaf = tree.leaf_hash(shown["text"].encode())
    assert tree.verify_inclusion(leaf, shown["index"], head.size, proof, head.root)


def test_what_is_not_sealed_yet_is_shown_as_that(sealed: DeskUnderTest) -> None:
    """The newest entries have no proof for three minutes."""
    auditor = sealed.browser("auditor")
    sealed.settle()
    newest = auditor.get(f"{LOG}?limit=1").json["items"][0]
    shown = auditor.get(f"{LOG}/entries/{newest['id']}").json
    assert (shown["row"]["sealed"], shown["index"], shown["proof"]) == (False, None, None)


def test_an_export_of_the_whole_log_is_verified_by_somebody_else(
    sealed: DeskUnderTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verifier, which shares no code with the desk, finds nothing wrong; and one changed byte."""
    auditor = sealed.browser("auditor")
    files = export(auditor)
    path = tmp_path / "log.zip"
    _zipped(path, files)
    keys = [part for key in files["keys"].decode().split() for part in ("--key", key)]
    assert verify_audit.main([str(path), *keys]) == 0, capsys.readouterr()
    bundle = next(name for name in files if name.startswith("tile/entries/"))
    forged = files[bundle].replace(b'"outcome":"success"', b'"outcome":"failure"', 1)
    _zipped(path, files | {bundle: forged})
    assert verify_audit.main([str(path), *keys]) == 1
    sealed.settle()
    assert "audit.exported" in [entry["action"] for entry in sealed.audit()]


def test_an_export_of_a_search_proves_each_entry(sealed: DeskUnderTest, tmp_path: Path) -> None:
    """Only what was found is in it, each with its proof under the newest checkpoint."""
    auditor = sealed.browser("auditor")
    files = export(auditor, "?selected=true&action=session.created")
    about = json.loads(files["selection.json"])
    proofs = [name for name in files if name.endswith(".tlog-proof")]
    assert about["asked"] == {"action": "session.created"}
    assert len(proofs) == about["sealed"] > 0
    assert not [name for name in files if name.startswith("tile/")]
    _zipped(tmp_path / "some.zip", files)
    keys = [part for key in files["keys"].decode().split() for part in ("--key", key)]
    assert verify_audit.main([str(tmp_path / "some.zip"), *keys]) == 0


def test_taking_the_log_away_asks_for_a_fresh_proof(sealed: DeskUnderTest) -> None:
    """A session that was left open is not enough, and nothing is recorded as exported."""
    auditor = sealed.browser("auditor")
    sealed.clock.advance(601)  # type: ignore[attr-defined]
    answer = auditor.get(f"{LOG}/export")
    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")
    sealed.settle()
    assert "audit.exported" not in [entry["action"] for entry in sealed.audit()]


def test_the_state_says_what_is_signed_seen_and_missing(sealed: DeskUnderTest) -> None:
    """In good order everything agrees; where the hours stop being recorded there is a gap."""
    auditor = sealed.browser("auditor")
    state = auditor.get(f"{LOG}/state").json
    assert (state["witness"], state["gap"]) == ("agrees", False)
    assert state["size"] == state["copied"] == state["witnessed"] > 0
    sealed.clock.advance(2 * 3_600)  # type: ignore[attr-defined]
    auditor = sealed.browser("auditor")
    assert auditor.get(f"{LOG}/state").json["gap"]


def test_a_log_in_which_nothing_is_sealed_cannot_be_exported(desk: DeskUnderTest) -> None:
    """There is nothing to prove yet; the state says so."""
    auditor = desk.browser("auditor")
    assert auditor.get(f"{LOG}/export").json["code"] == "audit.nothing_sealed"
    state = auditor.get(f"{LOG}/state").json
    assert (state["size"], state["witness"], state["gap"]) == (0, "none", False)


def _zipped(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
