"""What is trusted, and checks of checkpoints by it: form, signature, cosignatures."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from tools.audit_verifier.report import Malformed, Report
from tools.audit_verifier.signed_notes import Checkpoint, Key

_OURS = re.compile("checkpoint$|(checkpoints|witness)/")


@dataclass(frozen=True, slots=True)
class Trust:
    """What the person who verifies brings along, and how strict they are."""

    keys: tuple[Key, ...]
    witnesses: tuple[Key, ...] = ()
    witnessed: bool = False  # whether each of them must have seen the log
    earlier: tuple[
        tuple[str, bytes], ...
    ] = ()  # checkpoints kept elsewhere: their file's name and text
    statements: tuple[tuple[str, bytes], ...] = ()  # receipts and the like: file and text
    longest_gap: timedelta = timedelta(hours=1, minutes=30)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A checkpoint whose signature is good."""

    checkpoint: Checkpoint
    called: str
    earlier: bool  # kept outside of the export


def check_checkpoints(files: Mapping[str, bytes], trust: Trust, report: Report) -> list[Evidence]:
    """Check each checkpoint's form, signature and cosignatures; returns those that are signed, by size."""
    named = [(name, files[name], False) for name in files if _OURS.match(name)]
    named += [(name, raw, True) for name, raw in trust.earlier]
    evidence: list[Evidence] = []
    cosigned: list[tuple[int, int, Key]] = []
    for name, raw, earlier in named:
        try:
            checkpoint, signers = signed_checkpoint(raw, trust)
            if not earlier:
                _check_name(
                    name,
                    checkpoint,
                    cosigned=not trust.witnesses or any(key in signers for key in trust.witnesses),
                )
        except Malformed as error:
            report.wrong("checkpoint", name, str(error))
            continue
        called = f"{checkpoint.size} ({name})" if earlier else str(checkpoint.size)
        evidence.append(Evidence(checkpoint, called, earlier))
        cosigned += [
            (checkpoint.size, signers[key], key) for key in trust.witnesses if key in signers
        ]
    evidence.sort(key=lambda one: one.checkpoint.size)
    report.checkpoints = len({one.checkpoint.size for one in evidence if not one.earlier})
    if not report.checkpoints:
        report.wrong("checkpoint", "none", "no checkpoint of the export has a good signature")
        return evidence
    newest = max((one.checkpoint for one in evidence if not one.earlier), key=lambda one: one.size)
    report.origin, report.newest = newest.origin, newest.size
    report.root = base64.b64encode(newest.root).decode()
    if {one.checkpoint.origin for one in evidence} != {newest.origin}:
        report.wrong("checkpoint", newest.size, "the checkpoints are of more than one log")
    for witness in trust.witnesses:
        seen = sorted((size, time) for size, time, key in cosigned if key == witness)
        _check_cosignatures(witness, seen, trust, report)
    return evidence


def signed_checkpoint(raw: bytes, trust: Trust) -> tuple[Checkpoint, dict[Key, int]]:
    """Read a checkpoint that the log's key signed, and who signed it; Malformed says what is wrong."""
    checkpoint = Checkpoint.parse(raw)
    signers = checkpoint.note.signers((*trust.keys, *trust.witnesses))
    if not any(key.name == checkpoint.origin and key in signers for key in trust.keys):
        raise Malformed("it is not signed by the log's key")
    return checkpoint, signers


def _check_name(name: str, checkpoint: Checkpoint, *, cosigned: bool) -> None:
    if name not in ("checkpoint", f"checkpoints/{checkpoint.size}", f"witness/{checkpoint.size}"):
        raise Malformed(f"it is of size {checkpoint.size}")
    if name.startswith("witness/") and not cosigned:
        raise Malformed("it is not cosigned by a known witness")


def _check_cosignatures(
    witness: Key, seen: list[tuple[int, int]], trust: Trust, report: Report
) -> None:
    if seen:
        report.notes.append(f"{witness.name} has seen {seen[-1][0]} of {report.newest} entries")
    elif trust.witnessed:
        report.wrong("checkpoint", "none", f"no checkpoint has a cosignature of {witness.name}")
    for (_, before), (size, time) in pairwise(seen):
        if time < before:
            report.wrong("checkpoint", size, f"{witness.name} cosigned it before a smaller one")
