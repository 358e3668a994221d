"""The verifier as a person uses it: its command, what it says, and that nothing makes it fall over."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.architecture import ROOT
from tests.audit.sealed_log import (
    BEGUN,
    LOG_KEY,
    OTHER_KEY,
    WITNESS_KEY,
    Export,
    SealedLog,
    Signer,
    entry,
    inclusion_path,
    sealed_log,
    tree_hash,
)
from tests.audit.tampering import flipped, found, places, trust
from tools.audit_verifier.canonical_json import canonical, read_canonical
from tools.audit_verifier.checkpoints import Trust
from tools.audit_verifier.merkle_tree import leaf_hash, root_by_proof
from tools.audit_verifier.report import Malformed
from tools.audit_verifier.signed_notes import Key, Note
from tools.verify_audit import main, verify

COMMAND = ROOT / "tools" / "verify_audit.py"
STANDARD = {*sys.stdlib_module_names, "cryptography"}


def written(files: Export, folder: Path) -> Path:
    """Write an export into a folder."""
    for name, raw in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def test_it_shares_nothing_with_the_product() -> None:
    """It imports the standard library, `cryptography`, and its own modules, which do the same."""
    for path in [COMMAND, *(ROOT / "tools" / "audit_verifier").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                ours = name.startswith("tools.audit_verifier.")
                assert ours or name.partition(".")[0] in STANDARD, f"{path.name} imports {name}"


def test_the_command_runs_anywhere(tmp_path: Path) -> None:
    """As a file, from any folder, with nothing of ours on the path."""
    (tmp_path / "key").write_text(LOG_KEY.verifier)
    log = written(sealed_log(30).export(), tmp_path / "export")

    done = subprocess.run(
        [sys.executable, COMMAND, log, "--key", "key", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, b"")
    assert report["valid"] is True
    assert (report["entries"], report["checkpoints"], report["newest"]) == (30, 5, 30)


def test_a_zip_is_an_export_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the lines for a person end with the verdict."""
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name, raw in sealed_log(30).export().items():
            archive.writestr(name, raw)

    assert main([str(tmp_path / "export.zip"), "--key", LOG_KEY.verifier]) == 0
    assert capsys.readouterr().out.endswith("\nVALID\n")


def test_what_is_wrong_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its place first."""
    files = sealed_log(30).export()
    files["tile/0/000.p/30"] = bytes(32) + files["tile/0/000.p/30"][32:]

    assert main([str(written(files, tmp_path)), "--key", LOG_KEY.verifier]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "tile         tile/0/000.p/30: its hash 0 is not that of entry 0" in lines
    assert lines[-1] == "NOT VALID: 1 problem"


def test_an_exports_own_key_is_only_as_good_as_the_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so, and a checkpoint that one kept tells whether the key was exchanged."""
    log, forged = sealed_log(14), sealed_log(14, fork_from=10)
    forged.key = OTHER_KEY
    (tmp_path / "kept").write_bytes(log.checkpoint(7))
    export = str(written(forged.export(), tmp_path / "export"))

    assert main([export]) == 0
    assert "the key came with the export" in capsys.readouterr().out
    assert main([export, "--since", str(tmp_path / "kept")]) == 1
    assert main([export, "--key", LOG_KEY.verifier]) == 1


def test_silence_is_a_gap() -> None:
    """Hours without a heartbeat are named, between heartbeats and at the end."""
    beats = [
        entry(n, BEGUN + timedelta(hours=h), "log.heartbeat") for n, h in enumerate([0, 1, 5, 6])
    ]
    late = entry(4, BEGUN + timedelta(hours=9))

    assert found(SealedLog([*beats, late], [5]).export(), trust()) == {
        ("gap", "1-2"),
        ("gap", "3-4"),
    }
    patient = trust(longest_gap=timedelta(hours=5))
    assert found(SealedLog([*beats, late], [5]).export(), patient) == set()


def test_time_does_not_run_backwards() -> None:
    """A heartbeat is after the one before it, and after what was sealed before it."""
    beats = [entry(n, BEGUN - timedelta(hours=n), "log.heartbeat") for n in range(2)]
    assert ("entry", "1") in found(SealedLog(beats, [2]).export(), trust())
    future = [entry(0, BEGUN + timedelta(hours=2)), entry(1, BEGUN, "log.heartbeat")]
    assert ("entry", "0") in found(SealedLog(future, [2]).export(), trust())


def test_a_witness_that_goes_back_in_time_is_named() -> None:
    """It cosigns a larger log later."""
    log = sealed_log(14)
    files = log.export()
    text = Note.parse(files["witness/7"]).text
    files["witness/7"] = text + b"\n" + log.key.line(text) + WITNESS_KEY.line(text, 2_000_000_000)

    assert ("checkpoint", "14") in found(files, trust(witnessed=True))


PRUNED = {"tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001"}


def test_a_pruned_log_is_checked_from_where_it_begins() -> None:
    """The tiles above stand for what is gone; that it was pruned must be said, and is told."""
    log = sealed_log(600, every=100)
    files = {n: raw for n, raw in log.export().items() if n not in PRUNED}

    report = verify(files | {"minimum-index": b"512"}, trust())
    assert report.problems == []
    assert "entries 0-511 are pruned, says the export: only their hashes stand" in report.notes
    assert "checkpoint 100: not checked, its entries are pruned" in report.notes
    assert ("entry", "0-511") in found(files, trust())
    assert ("entry", "0-511") in found(files | {"minimum-index": b"256"}, trust())
    assert ("entry", "0") in found(files | {"minimum-index": b"many"}, trust())
    other = files | {"minimum-index": b"512", "tile/1/000.p/2": bytes(64)}
    assert ("entry", "512-599") in found(other, trust())


def selection(log: SealedLog, indexes: Iterable[int]) -> Export:
    """Return an export of some entries, each with its proof."""
    files = {"keys": b"", "selection.json": b"{}", "checkpoint": log.checkpoint(len(log.entries))}
    for index in indexes:
        path = [base64.b64encode(hash).decode() for hash in inclusion_path(index, log.entries)]
        head = "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", ""])
        files[f"proofs/{index}.tlog-proof"] = head.encode() + files["checkpoint"]
        files[f"proofs/{index}.json"] = log.entries[index]
    return files


def test_each_entry_of_a_selection_is_proved() -> None:
    """Change, exchange or leave out anything, and the entry is named."""
    log = sealed_log(30)
    files = selection(log, [0, 7, 29])

    assert found(files, trust()) == set()
    assert verify(files, trust()).proofs == 3
    for name in ("proofs/7.json", "proofs/7.tlog-proof"):
        other = name.replace("7", "29")
        assert found(files | {name: files[other]}, trust()) == {("entry", "7")}
        assert found({n: raw for n, raw in files.items() if n != name}, trust()) == {("entry", "7")}
        for bit in range(0, 8 * len(files[name]), 5):
            if (
                name.endswith("json")
                or b"witness" not in files[name][bit // 8 - 150 : bit // 8 + 9]
            ):
                assert found(files | {name: flipped(files[name], bit)}, trust()) == {("entry", "7")}


STATEMENTS = Signer("desk.example.com/statements", b"the key of statements for tests.")


def statement(body: str = '{"found":3}', signer: Signer = STATEMENTS) -> bytes:
    """Return a signed statement."""
    text = f"{STATEMENTS.name}\nmailbox.reconciled\n{body}\n".encode()
    return text + b"\n" + signer.line(text)


def test_a_statement_is_verified_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A receipt that somebody holds, by the key of statements."""
    receipt = tmp_path / "receipt"
    command = ["--statement", str(receipt), "--key", STATEMENTS.verifier]
    receipt.write_bytes(statement())
    assert main(command) == 0
    assert "mailbox.reconciled, signed by desk.example.com/statements" in capsys.readouterr().out
    for raw in (
        statement().replace(b"3", b"4", 1),
        statement('{"found": 3}'),
        statement(signer=Signer(STATEMENTS.name, OTHER_KEY.seed)),
        b"",
    ):
        receipt.write_bytes(raw)
        assert main(command) == 1


def test_a_statement_is_looked_for_in_the_log() -> None:
    """An entry has its hash, or the desk has told something that it did not record."""
    raw = statement()
    hashed = hashlib.sha256(raw).hexdigest()
    noted = entry(0, BEGUN, changes=[{"field": "statement", "before": None, "after": hashed}])
    keys = (*trust().keys, Key.parse(STATEMENTS.verifier))

    with_it = verify(SealedLog([noted], [1]).export(), Trust(keys, statements=(("r", raw),)))
    without = verify(sealed_log(3).export(), Trust(keys, statements=(("r", raw),)))

    assert with_it.problems == []
    assert with_it.statements[0].endswith(", in entry 0")
    assert places(without) == {("statement", "r")}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 30])
def test_inclusion_proofs_lead_to_the_root(size: int) -> None:
    """Each entry's does, and no other entry's, place or path."""
    entries = sealed_log(size).entries
    root = tree_hash(entries)
    for index in range(size):
        path = inclusion_path(index, entries)
        assert root_by_proof(index, size, leaf_hash(entries[index]), path) == root
        assert root_by_proof(index, size, leaf_hash(b"another"), path) != root
        assert root_by_proof(index, size, leaf_hash(entries[index]), [*path, bytes(32)]) != root
        for other in (other for other in range(size + 1) if other != index):
            assert root_by_proof(other, size, leaf_hash(entries[index]), path) != root


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_canonical_form_is_that_of_another_implementation(value: object) -> None:
    """What rfc8785 writes is written the same, and read."""
    text: bytes = rfc8785.dumps(value)  # type: ignore[arg-type]

    assert canonical(value) == text
    assert canonical(read_canonical(text)) == text


@pytest.mark.parametrize(
    "text",
    ['{"b":1,"a":2}', '{"a":1,"a":1}', '{"a": 1}', "1.0", "1e3", "-0", "NaN", "1e999", '"\\u0041"',
     '"\\ud800"', "9007199254740993", "[" * 5000, "", "{", '{"a":1}\n', "tru", '"\t"'],
)  # fmt: skip
def test_what_is_not_canonical_is_refused(text: str) -> None:
    """Other spellings of the same, and what is no JSON."""
    with pytest.raises(Malformed):
        read_canonical(text.encode())


@pytest.mark.parametrize(
    "key",
    ["", "a", "a+b+c", "a+00000000+AAAA", LOG_KEY.verifier + "A", LOG_KEY.verifier.replace("+", " ", 1),
     "\u00e4+" + LOG_KEY.verifier.partition("+")[2]],
)  # fmt: skip
def test_what_is_no_key_is_refused(key: str) -> None:
    """Also one whose id is not of its name and key."""
    with pytest.raises(Malformed):
        Key.parse(key)


def test_whatever_is_given_nothing_falls_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files cut off, emptied, doubled, exchanged, of noise; broken zips: a status, never a traceback."""
    chance = random.Random(3)
    whole = sealed_log(30).export()
    for round in range(150):
        files = dict(whole)
        for name in chance.sample(sorted(files), chance.randrange(1, 4)):
            raw = files[name]
            files[name] = chance.choice(
                [b"", raw[: chance.randrange(len(raw))], raw * 2, chance.randbytes(40), b"\xff" * 99,
                 b"[" * 9000, raw.replace(b"\n", b"\r\n"), files[chance.choice(sorted(files))]]
            )  # fmt: skip
        export = tmp_path / f"{round}.zip"
        with zipfile.ZipFile(export, "w", chance.choice([0, 8, 12, 14])) as archive:
            for name, raw in files.items():
                archive.writestr(name, raw)
        if round % 3 == 0:
            raw = export.read_bytes()
            cut = chance.randrange(len(raw))
            export.write_bytes(raw[:cut] + chance.randbytes(9) + raw[cut + 9 :])
        assert main([str(export)]) in (0, 1, 2)
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["missing"], ["."], ["key"], ["--key", "key"], [".", "--key", "nonsense"],
     [".", "--key", "key", "--since", "missing"], [".", "--key", "noise"]],
)  # fmt: skip
def test_what_cannot_be_checked_is_status_two(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With one line that says why."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_text(LOG_KEY.verifier)
    (tmp_path / "noise").write_bytes(b"\xff\0")

    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("cannot be checked: ")
    assert error.count("\n") == 1


def test_an_empty_log_is_valid() -> None:
    """The first checkpoint may be of nothing."""
    assert places(verify(sealed_log(0).export(), trust())) == set()
