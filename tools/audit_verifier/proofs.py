"""Checks of what is proved without the whole log: selections, and statements."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from tools.audit_verifier.canonical_json import read_canonical
from tools.audit_verifier.checkpoints import Trust, signed_checkpoint
from tools.audit_verifier.entries import read_entry
from tools.audit_verifier.merkle_tree import leaf_hash, root_by_proof
from tools.audit_verifier.report import Malformed, Report
from tools.audit_verifier.signed_notes import Note, decode, text_of

_PROOF = re.compile(r"proofs/(0|[1-9][0-9]{0,17})\.(tlog-proof|json)", re.ASCII)


def check_selection(files: Mapping[str, bytes], trust: Trust, report: Report) -> None:
    """Check that each entry of a selection is in the tree of the export's checkpoint."""
    names = [found for found in map(_PROOF.fullmatch, files) if found is not None]
    ids: dict[str, int] = {}
    for index in sorted({int(name[1]) for name in names}):
        try:
            id = _prove(index, files, trust)
        except Malformed as error:
            report.wrong("entry", index, str(error))
            continue
        report.proofs += 1
        if (before := ids.setdefault(id, index)) != index:
            report.wrong("entry", index, f"it has the id of entry {before}: it is there twice")


def _prove(index: int, files: Mapping[str, bytes], trust: Trust) -> str:
    """Follow an entry's tlog-proof to a signed checkpoint; returns the entry's id."""
    entry, proof = files.get(f"proofs/{index}.json"), files.get(f"proofs/{index}.tlog-proof")
    if entry is None or proof is None:
        raise Malformed("its text or its proof is not in the export")
    head, separator, note = proof.partition(b"\n\n")
    lines = text_of(head).split("\n")
    if not separator or lines[:2] != ["c2sp.org/tlog-proof@v1", f"index {index}"]:
        raise Malformed("its proof is not one of this entry")
    path = [decode(line) for line in lines[2:]]
    checkpoint, _ = signed_checkpoint(note, trust)
    if Note.parse(files.get("checkpoint", b"")).text != checkpoint.note.text:
        raise Malformed("its proof is not of the checkpoint of the export")
    if root_by_proof(index, checkpoint.size, leaf_hash(entry), path) != checkpoint.root:
        raise Malformed(f"its proof does not lead to the root of checkpoint {checkpoint.size}")
    id, _, _ = read_entry(entry)
    return id


def check_statements(trust: Trust, report: Report, *, recorded: bool) -> None:
    """Check receipts and other statements: form, signature, and that an entry of the log has their hash."""
    for name, raw in trust.statements:
        try:
            signer, kind = _read_statement(raw, trust)
        except Malformed as error:
            report.wrong("statement", name, str(error))
            continue
        at = report.recorded.get(hashlib.sha256(raw).hexdigest())
        if recorded and at is None:
            report.wrong("statement", name, "it is signed, but no entry of the log has its hash")
        place = "" if at is None else f", in entry {at}"
        report.statements.append(f"{name}: {kind}, signed by {signer}{place}")


def _read_statement(raw: bytes, trust: Trust) -> tuple[str, str]:
    """Return who signed a statement and its kind: three lines, the last of canonical JSON."""
    note = Note.parse(raw)
    lines = note.text.decode().split("\n")
    if len(lines) != 4 or not any(key.name == lines[0] for key in note.signers(trust.keys)):
        raise Malformed("it is not signed by the key of its first line")
    read_canonical(lines[2].encode())
    return lines[0], lines[1]
